# Answers of R and its packages to inputs/regression*.csv, for test_regression.py.
#
#   cd tests/reference && Rscript make_regression.R
#
# On Debian: apt-get install --no-install-recommends r-base-core r-cran-car r-cran-lmtest r-cran-sandwich r-cran-boot \
#   r-cran-mass r-cran-jsonlite

suppressPackageStartupMessages(library(jsonlite))
packages <- c("car", "lmtest", "sandwich", "boot", "MASS")

data <- read.csv("inputs/regression.csv", encoding = "UTF-8")
data$rate <- data$events / data$n
terms <- c("unemployment", "rental_share", "distance_km", "inhabitants", "foreign_share")
units <- nrow(data)
strict <- glm.control(epsilon = 1e-14, maxit = 100)

fit_ols <- function(rows = seq_len(units)) lm(reformulate(terms, "rate"), data = data[rows, ])
fit_counts <- function(rows = seq_len(units)) {
  glm(reformulate(terms, "cbind(events, n - events)"), quasibinomial, data = data[rows, ], control = strict)
}

# ---- Units that decide ----

named <- function(change) setNames(as.data.frame(change), paste0("dfbetas_", c("(intercept)", terms)))
influence_of_ols <- function(fit) cbind(data.frame(
  unit = data$unit, fitted = fitted(fit), student = rstudent(fit), hat = hatvalues(fit),
  cook = cooks.distance(fit), dffits = dffits(fit)
), named(dfbetas(fit)))
# influence.measures goes one step towards each fit without a unit; here are the fits themselves.
influence_of_counts <- function(fit) {
  x <- model.matrix(fit)
  unscaled <- summary(fit)$cov.unscaled
  rows <- lapply(seq_len(units), function(i) {
    without <- fit_counts(-i)
    change <- coef(fit) - coef(without)
    phi <- summary(without)$dispersion
    cbind(data.frame(
      unit = data$unit[i], fitted = fitted(fit)[i],
      student = sign(data$rate[i] - fitted(fit)[i]) * sqrt((deviance(fit) - deviance(without)) / phi),
      hat = hatvalues(fit)[i],
      cook = drop(change %*% solve(unscaled, change)) / (length(change) * summary(fit)$dispersion),
      dffits = sum(x[i, ] * change) / sqrt(phi * drop(x[i, ] %*% unscaled %*% x[i, ]))
    ), named(t(change / sqrt(phi * diag(unscaled)))))
  })
  do.call(rbind, rows)
}
left_out <- function(refit) t(sapply(seq_len(units), function(i) coef(refit(-i))))
range_of <- function(coefficients, without) data.frame(
  loo_min = apply(without, 2, min), loo_max = apply(without, 2, max),
  sign_changes = colSums(sign(without) != rep(sign(coefficients), each = units))
)

# ---- Least squares ----

ols <- fit_ols()
without <- left_out(fit_ols)
tests <- lmtest::coeftest(ols, vcov = sandwich::vcovHC(ols, type = "HC3"))
limits <- lmtest::coefci(ols, vcov = sandwich::vcovHC(ols, type = "HC3"))
bp <- lmtest::bptest(ols)
# The condition index needs no package: singular values of the design with columns of length 1.
singular <- svd(apply(model.matrix(ols), 2, function(column) column / sqrt(sum(column^2))))
parts <- t(singular$v^2) / singular$d^2
table_of <- function(tests, limits) data.frame(
  estimate = tests[, 1], se = tests[, 2], t = tests[, 3], p_value = tests[, 4], lower = limits[, 1], upper = limits[, 2],
  p_holm = c(NA, p.adjust(tests[-1, 4], "holm")), q_bh = c(NA, p.adjust(tests[-1, 4], "BH")),
  vif = c(NA, car::vif(ols))
)
said_ols <- list(
  table = cbind(term = c("(intercept)", terms), table_of(tests, limits), range_of(coef(ols), without)),
  influence = influence_of_ols(ols),
  summary = list(
    r2 = unbox(summary(ols)$r.squared), adjusted_r2 = unbox(summary(ols)$adj.r.squared),
    loo_r2 = unbox(1 - sum(rstandard(ols, type = "predictive")^2) / sum((data$rate - mean(data$rate))^2)),
    dispersion = unbox(sigma(ols)^2), deviance = unbox(deviance(ols)),
    breusch_pagan = unbox(unname(bp$statistic)), bp_p_value = unbox(unname(bp$p.value)),
    condition_index = unbox(max(singular$d) / min(singular$d))
  ),
  condition_index = max(singular$d) / singular$d,
  proportions = sweep(parts, 2, colSums(parts), "/")
)

# ---- Counts ----

counts <- fit_counts()
without <- left_out(fit_counts)
tests <- coef(summary(counts))
reach <- qt(0.975, df.residual(counts)) * tests[, 2]
predicted <- plogis(rowSums(model.matrix(counts) * without))
unit_deviance <- binomial()$dev.resids(data$rate, predicted, data$n)
squared <- residuals(counts, "pearson")^2
uneven <- units * summary(lm(squared ~ ., data = cbind(squared, data[terms])))$r.squared
said_counts <- list(
  table = cbind(
    term = c("(intercept)", terms), table_of(tests, cbind(tests[, 1] - reach, tests[, 1] + reach)),
    range_of(coef(counts), without)
  ),
  influence = influence_of_counts(counts),
  summary = list(
    r2 = unbox(1 - deviance(counts) / counts$null.deviance),
    loo_r2 = unbox(1 - sum(unit_deviance) / counts$null.deviance),
    dispersion = unbox(summary(counts)$dispersion), deviance = unbox(deviance(counts)),
    null_deviance = unbox(counts$null.deviance),
    breusch_pagan = unbox(uneven), bp_p_value = unbox(pchisq(uneven, length(terms), lower.tail = FALSE))
  )
)

# ---- Bootstrap limits, from R's own draws ----

set.seed(2002)
draws <- boot::boot(data, function(d, i) coef(lm(rate ~ distance_km, data = d[i, ])), R = 999)
# Centred at their mean, as Efron and Tibshirani (1993, 14.15) have the acceleration; boot centres them at the estimate.
jack <- boot::empinf(draws, index = 2, type = "jack")
limits <- boot::boot.ci(draws, index = 2, type = c("perc", "bca"), L = jack - mean(jack))
said_boot <- list(
  replicates = draws$t[, 2], estimate = unbox(unname(draws$t0[2])),
  jackknife = sapply(seq_len(units), function(i) unname(coef(lm(rate ~ distance_km, data = data[-i, ]))[2])),
  percentile = limits$percent[4:5], bca = limits$bca[4:5]
)

# ---- Stepwise, by add1 and drop1 ----

stepwise <- function(data, outcome, terms, enter, remove) {
  inside <- character()
  path <- list()
  moved <- function(action, tests, row) list(data.frame(
    action = action, term = rownames(tests)[row], f = tests[["F value"]][row], p_value = tests[["Pr(>F)"]][row]
  ))
  repeat {
    fit <- lm(reformulate(if (length(inside)) inside else "1", outcome), data = data)
    if (length(inside)) {
      leaving <- drop1(fit, test = "F")[-1, ]
      worst <- which.max(leaving[["Pr(>F)"]])
      if (leaving[["Pr(>F)"]][worst] > remove) {
        path <- c(path, moved("remove", leaving, worst))
        inside <- setdiff(inside, rownames(leaving)[worst])
        next
      }
    }
    if (!length(setdiff(terms, inside))) break
    entering <- add1(fit, reformulate(terms), test = "F")[-1, ]
    best <- which.min(entering[["Pr(>F)"]])
    if (entering[["Pr(>F)"]][best] >= enter) break
    path <- c(path, moved("enter", entering, best))
    inside <- c(inside, rownames(entering)[best])
  }
  list(path = do.call(rbind, path), fit = fit)
}
audited <- function(data, outcome, terms, enter, remove) {
  here <- stepwise(data, outcome, terms, enter, remove)
  y <- data[[outcome]]
  told <- sapply(seq_len(nrow(data)), function(i) {
    predict(stepwise(data[-i, ], outcome, terms, enter, remove)$fit, data[i, ])
  })
  list(
    path = here$path, r2 = unbox(summary(here$fit)$r.squared), adjusted_r2 = unbox(summary(here$fit)$adj.r.squared),
    estimates = lapply(as.list(coef(here$fit)[-1]), unbox),
    loo_r2 = unbox(1 - sum((y - told)^2) / sum((y - mean(y))^2))
  )
}

# ---- Ridge ----

x <- scale(as.matrix(data[terms]))
x <- x * sqrt(units / (units - 1))
penalties <- units * 10^seq(-5, 3, length.out = 161)
ridge_error <- function(penalty) sum(sapply(seq_len(units), function(i) {
  design <- cbind(1, x[-i, ])
  b <- solve(crossprod(design) + diag(c(0, rep(penalty, ncol(x)))), crossprod(design, data$rate[-i]))
  (data$rate[i] - sum(c(1, x[i, ]) * b))^2
}))
errors <- sapply(penalties, ridge_error)
best <- penalties[which.min(errors)]
ridge <- MASS::lm.ridge(reformulate(terms, "rate"), data = data, lambda = best)

versions <- lapply(packages, function(package) as.character(packageVersion(package)))
software <- c(list(R = paste(R.version$major, R.version$minor, sep = ".")), setNames(versions, packages))
text <- toJSON(list(
  software = lapply(software, unbox), ols = said_ols, quasibinomial = said_counts, bootstrap = said_boot,
  stepwise = list(
    municipalities = audited(data, "rate", terms, 0.05, 0.10),
    with_removal = audited(read.csv("inputs/regression_stepwise.csv"), "outcome", c("a", "b", "both", "d"), 0.05, 0.10)
  ),
  ridge = list(
    penalty = unbox(best), loo_r2 = unbox(1 - min(errors) / sum((data$rate - mean(data$rate))^2)),
    coefficients = unname(coef(ridge)[-1])
  )
), dataframe = "rows", digits = NA, na = "null", null = "null", pretty = TRUE)
writeLines(enc2utf8(as.character(text)), "answers/regression.json", useBytes = TRUE)
