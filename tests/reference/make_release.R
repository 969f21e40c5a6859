# Answers of R and its packages on the end of a residence rule, for test_release.py.
#
#   cd tests/reference && Rscript make_release.R
#
# Run by hand when the input changes; the tests read what it wrote and need no R. On Debian:
#   apt-get install --no-install-recommends r-base-core r-cran-survival r-cran-sandwich r-cran-jsonlite

suppressPackageStartupMessages({
  library(jsonlite)
  library(sandwich)
  library(survival)
})

RULE <- 12
WINDOW <- 3
HORIZONS <- c(15, 18, 24, 30)
LAST <- 30

persons <- read.csv(file.path("inputs", "release.csv"))
persons$person <- seq_len(nrow(persons))
persons$state <- factor(
  ifelse(persons$event == "moved", "moved", ifelse(persons$event == "censored", "censored", "other")),
  c("censored", "moved", "other")
)
sides <- split(persons, persons$cohort)

# ---- Month by month ----

months <- function(data) data.frame(
  month = 1:LAST,
  at_risk = sapply(1:LAST, function(t) sum(data$month >= t)),
  moved = sapply(1:LAST, function(t) sum(data$month == t & data$event == "moved"))
)
bound <- months(sides$bound)
free <- months(sides$free)
stopifnot(bound$moved + free$moved > 0)

# ---- Observed against expected, and the shape ----

release <- do.call(rbind, lapply(list(c(0, 12), c(12, 15), c(15, 18), c(18, 24)), function(w) {
  inside <- bound$month > w[1] & bound$month <= w[2]
  observed <- sum(bound$moved[inside])
  expected <- sum((bound$at_risk * free$moved / free$at_risk)[inside])
  test <- poisson.test(observed, expected)
  data.frame(
    start = w[1], end = w[2], events = observed, expected = expected, ratio = unname(test$estimate),
    lower = test$conf.int[1], upper = test$conf.int[2],
    p_value = poisson.test(observed, expected, alternative = "greater")$p.value
  )
}))

first <- bound$month > 12 & bound$month <= 15
later <- bound$month > 18 & bound$month <= 24
d <- c(sum(bound$moved[first]), sum(bound$moved[later]))
y <- c(sum(bound$at_risk[first]), sum(bound$at_risk[later]))
two <- poisson.test(d, y)
shape <- data.frame(
  events = d[1], later_events = d[2], ratio = unname(two$estimate), lower = two$conf.int[1], upper = two$conf.int[2],
  p_value = binom.test(d[1], sum(d), y[1] / sum(y), alternative = "greater")$p.value
)

# ---- Incidence and catch-up, with influence of each person ----

incidence <- function(data) {
  fit <- survfit(Surv(month, state) ~ 1, data = data, influence = TRUE)
  at <- sapply(c(RULE, HORIZONS), function(t) max(which(fit$time <= t)))
  list(
    value = fit$pstate[at, which(fit$states == "moved")],
    se = fit$std.err[at, which(fit$states == "moved")],
    # The influence begins with time 0, the other parts with the first month.
    influence = fit$influence.pstate[, at + 1, which(fit$states == "moved")]
  )
}
of <- lapply(sides, incidence)
for (one in of) stopifnot(all.equal(sqrt(colSums(one$influence^2)), one$se, check.attributes = FALSE))
gap <- of$free$value - of$bound$value
influence <- rbind(-of$bound$influence, of$free$influence)
share <- 1 - gap[-1] / gap[1]
of_share <- -(influence[, -1] - outer(influence[, 1], 1 - share)) / gap[1]
town <- c(sides$bound$municipality, sides$free$municipality)
towns <- length(unique(town))
catch_up <- data.frame(
  month = HORIZONS, gap = gap[-1], se_gap = sqrt(colSums(influence^2))[-1],
  estimate = share, se = sqrt(colSums(of_share^2)),
  se_by_town = sqrt(colSums(rowsum(of_share, town)^2) * towns / (towns - 1))
)
shares_moved <- do.call(rbind, lapply(names(of), function(name) data.frame(
  cohort = name, month = c(RULE, HORIZONS), incidence = of[[name]]$value, se = of[[name]]$se
)))

# ---- Poisson regression on person-months ----

long <- persons[rep(seq_len(nrow(persons)), pmin(persons$month, LAST)), ]
long$t <- sequence(pmin(persons$month, LAST))
long$move <- as.numeric(long$event == "moved" & long$t == long$month)
period <- cut(long$t, c(0, 12, 15, 18, 30), labels = c("(0, 12]", "(12, 15]", "(15, 18]", "(18, 30]"))
for (k in levels(period)) long[[k]] <- as.numeric(long$cohort == "bound" & period == k)
terms <- c(levels(period), "family", "other", "age")
long$family <- as.numeric(long$permit == "family")
long$other <- as.numeric(long$permit == "other")
stopifnot(names(which.max(table(persons$permit))) == "refugee")
fit <- glm(
  reformulate(c("factor(t) - 1", paste0("`", terms, "`")), "move"),
  poisson, long, control = glm.control(epsilon = 1e-14, maxit = 50)
)
kept <- match(terms, gsub("`", "", names(coef(fit))))
robust <- function(cluster) sqrt(diag(vcovCL(fit, cluster = long[[cluster]], type = "HC0", cadjust = FALSE)))[kept]
contrast <- numeric(length(coef(fit)))
contrast[kept[c(2, 4)]] <- c(1, -1)
by_contrast <- function(cluster) {
  v <- vcovCL(fit, cluster = long[[cluster]], type = "HC0", cadjust = FALSE)
  sqrt(drop(contrast %*% v %*% contrast))
}
regression <- data.frame(
  term = c(terms, "release minus later"),
  estimate = unname(c(coef(fit)[kept], sum(contrast * coef(fit)))),
  se_by_person = unname(c(robust("person"), by_contrast("person"))),
  se_by_town = unname(c(robust("municipality"), by_contrast("municipality")))
)

# ---- Bunching ----

bunching <- function(data, window, step) {
  data$hazard <- data$moved / data$at_risk
  data$after <- as.numeric(data$month > RULE)
  inside <- data$month > window[1] & data$month <= window[2]
  out <- inside | (step & data$month > RULE & data$month <= RULE + WINDOW)
  form <- if (step) hazard ~ poly(month, 3) + after else hazard ~ poly(month, 3)
  line <- lm(form, data[!out, ], weights = at_risk)
  expected <- sum((predict(line, data) * data$at_risk)[inside])
  data.frame(start = window[1], end = window[2], step = step, expected = expected,
             estimate = sum(data$moved[inside]) / expected - 1)
}
bunched <- rbind(
  bunching(bound, c(12, 15), TRUE), bunching(bound, c(3, 6), TRUE), bunching(bound, c(6, 9), TRUE),
  bunching(bound, c(9, 12), TRUE), bunching(free, c(12, 15), FALSE)
)

versions <- sapply(c("survival", "sandwich"), function(package) as.character(packageVersion(package)))
software <- c(R = paste(R.version$major, R.version$minor, sep = "."), versions)
said <- list(
  software = lapply(as.list(software), unbox), release = release, shape = shape, incidence = shares_moved,
  catch_up = catch_up, regression = regression, bunching = bunched
)
text <- toJSON(said, dataframe = "rows", digits = NA, na = "null", null = "null", pretty = TRUE)
writeLines(enc2utf8(as.character(text)), file.path("answers", "release.json"), useBytes = TRUE)
