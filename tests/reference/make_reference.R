# Answers of R and its packages to the inputs beside this script, for test_reference.py.
#
#   cd tests/reference && Rscript make_reference.R
#
# Run by hand when an input is added; the tests read what it wrote and need no R. On Debian:
#   apt-get install --no-install-recommends r-base-core r-cran-epitools r-cran-epi r-cran-hmisc r-cran-vcdextra \
#     r-cran-vgam r-cran-metafor r-cran-poissonbinomial r-cran-jsonlite

suppressPackageStartupMessages({
  library(jsonlite)
  library(VGAM)
})

read <- function(name) read.csv(file.path("inputs", paste0(name, ".csv")), encoding = "UTF-8", check.names = FALSE)

# One file a topic: which software said it, and what it said.
answer <- function(name, packages, ...) {
  versions <- lapply(packages, function(package) as.character(packageVersion(package)))
  software <- c(list(R = paste(R.version$major, R.version$minor, sep = ".")), setNames(versions, packages))
  said <- list(software = lapply(software, unbox), ...)
  text <- toJSON(said, dataframe = "rows", digits = NA, na = "null", null = "null", pretty = TRUE)
  writeLines(enc2utf8(as.character(text)), file.path("answers", paste0(name, ".json")), useBytes = TRUE)
}

rows <- function(data, f) do.call(rbind, lapply(seq_len(nrow(data)), function(k) cbind(data[k, ], f(data[k, ]))))
limits <- function(name, two) setNames(data.frame(two[1], two[2]), paste0(name, c("_lower", "_upper")))

# ---- One proportion ----

# Given their sum, two Poisson counts with equal person-time are binomial, and their rate ratio is the odds.
mid_p <- function(x, n, level) {
  if (x == 0 || x == n) return(c(NA, NA))
  ratio <- epitools::rateratio.midp(c(n - x, x), c(1, 1), conf.level = level)$measure[2, c("lower", "upper")]
  ratio / (1 + ratio)
}

proportions <- rows(read("proportions"), function(one) with(one, {
  wilson <- suppressWarnings(prop.test(events, n, conf.level = level, correct = FALSE))$conf.int
  epi_wilson <- epitools::binom.wilson(events, n, level)
  cbind(
    limits("wilson", wilson),
    limits("wilson_epitools", c(epi_wilson$lower, epi_wilson$upper)),
    limits("clopper-pearson", binom.test(events, n, conf.level = level)$conf.int),
    limits("jeffreys", qbeta(c(1 - level, 1 + level) / 2, events + 0.5, n - events + 0.5)),
    limits("mid-p", mid_p(events, n, level))
  )
}))
answer("intervals", "epitools", rows = proportions)

# ---- Two proportions ----

two_groups <- rows(read("two_groups"), function(one) with(one, {
  table <- matrix(c(x1, n1 - x1, x2, n2 - x2), 2)
  difference <- Epi::ci.pd(x1, x2, n1 - x1, n2 - x2, method = "Nc", conf.level = level, print = FALSE)
  ratio <- c(NA, NA, NA)
  if (x1 > 0 && x2 > 0 && x1 < n1 && x2 < n2) {
    # epitools wants the reference group first, and the event in the second column.
    counts <- matrix(c(n2 - x2, n1 - x1, x2, x1), 2)
    ratio <- suppressWarnings(epitools::riskratio.wald(counts, conf.level = level))$measure[2, ]
  }
  score <- suppressWarnings(prop.test(c(x1, x2), c(n1, n2), correct = FALSE))
  data.frame(
    difference = difference[1, 5], difference_lower = difference[1, 6], difference_upper = difference[1, 7],
    ratio = ratio[1], ratio_lower = ratio[2], ratio_upper = ratio[3],
    fisher_p = fisher.test(table)$p.value,
    chi_square = if (is.nan(score$statistic)) NA else unname(score$statistic),
    score_p = if (is.nan(score$p.value)) NA else score$p.value
  )
}))
rownames(two_groups) <- NULL
answer("two_groups", c("Epi", "epitools"), rows = two_groups)

# ---- Observed against expected ----

ratios <- rows(read("poisson"), function(one) with(one, {
  test <- poisson.test(events, expected, conf.level = level)
  data.frame(
    lower = test$conf.int[1], upper = test$conf.int[2],
    p_less = poisson.test(events, expected, alternative = "less")$p.value,
    p_greater = poisson.test(events, expected, alternative = "greater")$p.value
  )
}))
answer("poisson", character(), rows = ratios)

# ---- Ordinal association ----

ordinal <- read("ordinal")
association <- do.call(rbind, lapply(unique(ordinal$table), function(name) {
  counts <- xtabs(n ~ row + column, ordinal[ordinal$table == name, ])
  found <- vcdExtra::GKgamma(counts)
  cells <- as.data.frame(counts, stringsAsFactors = FALSE)
  x <- as.integer(rep(cells$row, cells$Freq))
  y <- as.integer(rep(cells$column, cells$Freq))
  # Hmisc leaves out the pairs tied on its second argument, so that one is the variable given.
  somers <- function(of, given) unname(Hmisc::rcorr.cens(of, given)["Dxy"])
  data.frame(
    table = name, gamma = found$gamma, se = found$sigma, lower = found$CI[1], upper = found$CI[2],
    concordant = found$C, discordant = found$D, tau_b = cor(x, y, method = "kendall"),
    somers_d_yx = somers(y, x), somers_d_xy = somers(x, y)
  )
}))
jobs <- xtabs(n ~ row + column, ordinal[ordinal$table == "job satisfaction", ])
stopifnot(all(unclass(jobs) == unclass(vcdExtra::JobSat)))
orders <- read("orders")
exact <- do.call(rbind, lapply(unique(orders$table), function(name) {
  one <- orders[orders$table == name, ]
  data.frame(table = name, p_exact = cor.test(one$x, one$y, method = "kendall", exact = TRUE)$p.value)
}))
answer("association", c("vcdExtra", "Hmisc"), rows = association, exact = exact)

# ---- Beta-binomial shrinkage ----

fitted_betabinomial <- function(data) {
  fit <- vglm(cbind(events, n - events) ~ 1, betabinomial, data = data, epsilon = 1e-12, maxit = 100)
  estimate <- Coef(fit)
  m <- unname(1 / estimate["rho"] - 1)
  list(
    mu = unname(estimate["mu"]), rho = unname(estimate["rho"]), loglik = logLik(fit),
    alpha = unname(estimate["mu"]) * m, beta = unname(1 - estimate["mu"]) * m
  )
}
employment <- read("employment")
fit <- fitted_betabinomial(employment)
a <- fit$alpha + employment$events
b <- fit$beta + employment$n - employment$events
answer(
  "shrinkage", "VGAM",
  fit = lapply(fit[c("mu", "rho", "loglik")], unbox),
  rows = data.frame(unit = employment$unit, shrunk = a / (a + b), lower = qbeta(0.025, a, b), upper = qbeta(0.975, a, b))
)

# ---- Ranks ----

retention <- read("retention")
rural <- retention[retention$kind == "rural", ]
fit <- fitted_betabinomial(rural)
a <- fit$alpha + rural$events
b <- fit$beta + rural$n - rural$events
units <- nrow(rural)
rank_probabilities <- t(sapply(seq_len(units), function(i) {
  others <- setdiff(seq_len(units), i)
  # Rank r when r - 1 of the others have a lower rate; cut into pieces where the unit's rate lies.
  cuts <- qbeta(c(1e-14, 0.001, 0.05, 0.25, 0.5, 0.75, 0.95, 0.999, 1 - 1e-14), a[i], b[i])
  below <- function(rate, r) sapply(rate, function(t) {
    dbeta(t, a[i], b[i]) * PoissonBinomial::dpbinom(r - 1, pbeta(t, a[others], b[others]), method = "Convolve")
  })
  sapply(seq_len(units), function(r) sum(sapply(seq_len(length(cuts) - 1), function(k) {
    integrate(below, cuts[k], cuts[k + 1], r = r, rel.tol = 1e-8, abs.tol = 1e-12)$value
  })))
}))
pairs <- combn(units, 2)
p <- apply(pairs, 2, function(pair) {
  fisher.test(rbind(rural$events[pair], rural$n[pair] - rural$events[pair]))$p.value
})
apart <- pairs[, p.adjust(p, "holm") <= 0.05]
rate <- rural$events / rural$n
better <- worse <- integer(units)
for (k in seq_len(ncol(apart))) {
  first <- apart[which.min(rate[apart[, k]]), k]
  last <- setdiff(apart[, k], first)
  better[last] <- better[last] + 1
  worse[first] <- worse[first] + 1
}
answer(
  "ranks", c("VGAM", "PoissonBinomial"),
  rows = data.frame(
    unit = rural$unit,
    expected_rank = as.vector(rank_probabilities %*% seq_len(units)),
    p_top = rowSums(rank_probabilities[, 1:15]),
    p_first = rank_probabilities[, 1],
    rank_lower = 1 + better, rank_upper = units - worse
  ),
  probabilities = rank_probabilities
)

# ---- Funnels ----

funnels <- function(data) {
  target <- sum(data$events) / sum(data$n)
  model <- metafor::rma(yi = data$events / data$n, vi = target * (1 - target) / data$n, method = "DL")
  tail <- c(0.001, 0.025, 0.975, 0.999)
  limit <- sapply(tail, function(p) {
    r <- qbinom(p, data$n, target)
    (r - (pbinom(r, data$n, target) - p) / dbinom(r, data$n, target)) / data$n
  })
  p <- mapply(function(x, n) {
    sides <- sapply(c("less", "greater"), function(side) binom.test(x, n, target, alternative = side)$p.value)
    min(1, 2 * min(sides))
  }, data$events, data$n)
  limits <- setNames(data.frame(limit), c("lower_99.8", "lower_95", "upper_95", "upper_99.8"))
  list(
    target = unbox(target), Q = unbox(model$QE), tau2 = unbox(model$tau2), pooled = unbox(as.vector(metafor::rma(
      yi = data$events / data$n, vi = target * (1 - target) / data$n, method = "EE"
    )$beta)),
    rows = cbind(data.frame(unit = data$unit, p_value = p), limits)
  )
}
answer("funnel", "metafor", rural = funnels(rural), employment = funnels(employment))

# ---- Several tests ----

families <- read("p_values")
adjusted <- do.call(rbind, lapply(unique(families$family), function(name) {
  p <- families$p[families$family == name]
  data.frame(family = name, p = p, holm = p.adjust(p, "holm"), bh = p.adjust(p, "BH"))
}))
answer("multiplicity", character(), rows = adjusted)

# ---- Flows ----

quasi_independence <- function(moves) {
  model <- glm(persons ~ origin + destination, poisson, moves, control = glm.control(epsilon = 1e-14, maxit = 100))
  list(
    deviance = unbox(deviance(model)), df = unbox(df.residual(model)),
    pearson = unbox(sum(residuals(model, "pearson")^2)),
    rows = cbind(moves, expected = fitted(model), residual = rstandard(model, type = "pearson"))
  )
}
towns <- read("moves_between_towns")
answer(
  "flows", character(),
  towns = quasi_independence(towns[towns$origin != towns$destination, ]),
  kinds = quasi_independence(read("moves_by_kind"))
)

# ---- How many are needed ----

two <- rows(read("power_two"), function(one) with(one, data.frame(
  n = power.prop.test(p1 = p1, p2 = p2, power = power, sig.level = alpha, tol = 1e-10)$n
)))
funnel_power <- rows(read("power_funnel"), function(one) with(one, {
  counts <- 0:n
  found <- function(side) sapply(counts, function(x) binom.test(x, n, target, alternative = side)$p.value <= tail)
  low <- counts[found("less")]
  high <- counts[found("greater")]
  data.frame(
    low_events = if (length(low)) max(low) else NA, high_events = if (length(high)) min(high) else NA,
    power = sum(dbinom(c(low, high), n, rate)), size = sum(dbinom(c(low, high), n, target))
  )
}))
answer("power", character(), two_proportions = two, funnel = funnel_power)
