# Answers of R's lm and glm to inputs/decomposition*.csv, for test_decomposition.py.
#
#   cd tests/reference && Rscript make_decomposition.R
#
# Debian has no package for decompositions, so the published formulas are written out here. Standard errors are
# infinitesimal jackknives: each cell's number of persons is moved a little and everything is fitted again.
# On Debian: apt-get install --no-install-recommends r-base-core r-cran-jsonlite

suppressPackageStartupMessages(library(jsonlite))
strict <- glm.control(epsilon = 1e-15, maxit = 100)

# Steps of a thousandth of a person, and of half that: Richardson's extrapolation leaves errors of the fourth order.
slope <- function(f, persons, k) {
  moved <- function(h) {
    up <- down <- persons
    up[k] <- up[k] + h
    down[k] <- down[k] - h
    (f(up) - f(down)) / (2 * h)
  }
  (4 * moved(0.01) - moved(0.02)) / 3
}
with_se <- function(f, persons) {
  influence <- sapply(seq_along(persons), function(k) slope(f, persons, k))
  estimate <- f(persons)
  data.frame(name = names(estimate), estimate = estimate, se = sqrt(as.vector(influence^2 %*% persons)), row.names = NULL)
}

# ---- Regression ----

cells <- read.csv("inputs/decomposition.csv", stringsAsFactors = TRUE)
first <- cells$kind == "rural"
covariates <- c("sex", "schooling", "age")
contrasts <- list(sex = "contr.sum", schooling = "contr.sum")
x <- model.matrix(reformulate(covariates), cells, contrasts.arg = contrasts)
term <- c("(intercept)", covariates)[attr(x, "assign") + 1]
mean_of <- function(rows, persons) colSums(x[rows, ] * persons[rows]) / sum(persons[rows])
by_term <- function(name, values) {
  sums <- tapply(values, factor(term, unique(term)), sum)
  setNames(c(sum(values), sums), c(name, paste(name, names(sums))))
}

linear <- function(outcome, reference) function(persons) {
  y <- cells[[outcome]]
  fit <- function(columns, rows) {
    lm.wfit(columns[rows, ], y[rows], persons[rows])$coefficients
  }
  b1 <- fit(x, first)
  b2 <- fit(x, !first)
  b <- switch(reference,
    pooled = fit(cbind(x, first), rep(TRUE, nrow(x)))[seq_len(ncol(x))],
    average = (b1 + b2) / 2, first = b1, second = b2
  )
  x1 <- mean_of(first, persons)
  x2 <- mean_of(!first, persons)
  c(
    difference = weighted.mean(y[first], persons[first]) - weighted.mean(y[!first], persons[!first]),
    by_term("composition", (x1 - x2) * b),
    by_term("level", x1 * (b1 - b) + x2 * (b - b2)),
    by_term("composition at small_town's level", (x1 - x2) * b2),
    by_term("level at small_town's composition", x2 * (b1 - b2)),
    by_term("interaction", (x1 - x2) * (b1 - b2))
  )
}

logistic <- function(persons) {
  y <- cells$employed
  b <- glm.fit(cbind(x, first), y, persons, family = quasibinomial(), control = strict)$coefficients
  alone <- as.vector(x %*% b[-length(b)])
  chance <- function(rows, as_first) {
    weighted.mean(plogis(alone[rows] + as_first * b[length(b)]), persons[rows])
  }
  p11 <- chance(first, 1)
  p12 <- chance(first, 0)
  p21 <- chance(!first, 1)
  p22 <- chance(!first, 0)
  composition <- (p11 - p21 + p12 - p22) / 2
  told <- tapply((mean_of(first, persons) - mean_of(!first, persons)) * b[-length(b)], factor(term, covariates), sum)
  c(
    difference = p11 - p22, composition = composition, level = (p11 - p12 + p21 - p22) / 2,
    "composition at small_town's level" = p12 - p22, "level at small_town's composition" = p21 - p22,
    interaction = p11 - p12 - p21 + p22,
    setNames(composition * told / sum(told), paste("composition", covariates))
  )
}

# ---- Exact matching ----

apart <- read.csv("inputs/decomposition_apart.csv")
rural <- apart$kind == "rural"
cell <- paste(apart$citizenship, apart$age_band)
matched <- cell %in% intersect(cell[rural], cell[!rural])

nopo <- function(persons) {
  mean_moved <- function(rows) weighted.mean(apart$moved[rows], persons[rows])
  a <- rural & matched
  b <- !rural & matched
  # What the matched of A would have if they were spread over the cells as those of B are.
  cells_of_b <- split(which(b), cell[b])
  spread <- sum(sapply(names(cells_of_b), function(name) {
    sum(persons[cells_of_b[[name]]]) * mean_moved(a & cell == name)
  })) / sum(persons[b])
  c(
    D = mean_moved(rural) - mean_moved(!rural), D0 = spread - mean_moved(b), DX = mean_moved(a) - spread,
    DA = mean_moved(rural) - mean_moved(a), DB = mean_moved(b) - mean_moved(!rural)
  )
}

references <- c("pooled", "average", "first", "second")
said <- list(
  software = list(R = unbox(paste(R.version$major, R.version$minor, sep = "."))),
  hours = sapply(references, function(one) with_se(linear("hours", one), cells$persons), simplify = FALSE),
  employed = with_se(linear("employed", "pooled"), cells$persons),
  logistic = with_se(logistic, cells$persons),
  nopo = with_se(nopo, apart$persons)
)
text <- toJSON(said, dataframe = "rows", digits = NA, na = "null", pretty = TRUE)
writeLines(enc2utf8(as.character(text)), "answers/decomposition.json", useBytes = TRUE)
