# Answers of R's survival, cmprsk, etm and prodlim to the histories beside this script, for test_survival.py.
#
#   cd tests/reference && Rscript make_survival.R
#
# Run by hand when an input is added; the tests read what it wrote and need no R. On Debian:
#   apt-get install --no-install-recommends r-base-core r-cran-survival r-cran-cmprsk r-cran-etm r-cran-prodlim \
#     r-cran-jsonlite

suppressPackageStartupMessages({
  library(jsonlite)
  library(survival)
  library(cmprsk)
})

read <- function(name) read.csv(file.path("inputs", paste0("survival_", name, ".csv")), encoding = "UTF-8")
packages <- c("survival", "cmprsk", "etm", "prodlim")
causes <- c("moved", "emigrated", "dead")
months <- c(6, 12, 24, 36, 48)
tau <- 24

# ---- Cumulative incidence: survfit (infinitesimal jackknife), etm (Greenwood), prodlim ----

state <- function(data) factor(data$event, 0:3, c("censored", causes))

multistate <- function(data, kind) {
  # residuals() looks for the data by name, and only among global variables.
  one <<- if (kind == "all") data else data[data$kind == kind, ]
  fit <- survfit(Surv(time, state(one)) ~ 1, data = one)
  at <- summary(fit, times = months[months <= max(one$time)])
  lost <- summary(fit, rmean = tau)$table
  each <- residuals(fit, times = tau, type = "auc") # a row a person: how much each moves the means
  list(
    curve = data.frame(
      unit = kind, time = rep(at$time, 3), cause = rep(causes, each = length(at$time)),
      at_risk = rep(at$n.risk[, 1], 3), rate = c(at$pstate[, 2:4]), se = c(at$std.err[, 2:4])
    ),
    lost = data.frame(
      unit = kind, cause = causes, estimate = lost[causes, "rmean"], se = sqrt(colSums(each^2))[2:4]
    )
  )
}

greenwood <- function(data, late) {
  one <- data.frame(
    id = seq_len(nrow(data)), from = 0, to = ifelse(data$event == 0, "cens", data$event),
    entry = if (late) data$entry else 0, exit = data$time
  )
  possible <- matrix(FALSE, 4, 4)
  possible[1, 2:4] <- TRUE
  fit <- etm::etm(one, as.character(0:3), possible, "cens", 0)
  do.call(rbind, lapply(1:3, function(k) {
    found <- summary(fit)[[paste("0", k)]]
    found <- found[found$time %in% unique(data$time), ]
    data.frame(unit = "all", cause = causes[k], time = found$time, rate = found$P, se = sqrt(found$var))
  }))
}

probabilities <- function(data) {
  fit <- prodlim::prodlim(prodlim::Hist(time, event) ~ kind, data = data)
  kinds <- sort(unique(data$kind))
  do.call(rbind, lapply(1:3, function(k) {
    at <- predict(fit, times = months, cause = k, newdata = data.frame(kind = kinds))
    rate <- unlist(lapply(at, as.numeric))
    data.frame(unit = rep(kinds, each = length(months)), cause = causes[k], time = rep(months, length(kinds)), rate = rate)
  }))
}

# ---- Tests between groups ----

tests <- function(data) {
  gray <- function(...) cuminc(data$time, data$event, data$kind, cencode = 0, ...)$Tests
  one <- gray()
  strata <- gray(strata = data$sex)
  ranks <- function(k, by_sex) {
    # With `strata` in the formula survdiff adds the strata's scores.
    model <- if (by_sex) Surv(time, event == k) ~ kind + strata(sex) else Surv(time, event == k) ~ kind
    test <- survdiff(model, data = data)
    list(
      chisq = test$chisq,
      rows = data.frame(
        unit = sort(unique(data$kind)), cause = causes[k],
        events = rowSums(as.matrix(test$obs)), expected = rowSums(as.matrix(test$exp))
      )
    )
  }
  plain <- lapply(1:3, ranks, FALSE)
  stratified <- lapply(1:3, ranks, TRUE)
  statistic <- function(k, name) {
    data.frame(
      cause = causes[k], gray = one[as.character(k), "stat"], gray_p = one[as.character(k), "pv"],
      gray_strata = strata[as.character(k), "stat"], log_rank = plain[[k]]$chisq, log_rank_strata = stratified[[k]]$chisq
    )
  }
  list(
    statistics = do.call(rbind, lapply(1:3, statistic)),
    log_rank = do.call(rbind, lapply(plain, `[[`, "rows"))
  )
}

# ---- Rates: survSplit at the breaks, poisson.test ----

occurrences <- function(data, late) {
  if (!late) data$entry <- 0
  breaks <- c(0, 6, 12, 24, 36, 42, 48, 60)
  data <- data[data$time > data$entry, ]
  data$left <- as.integer(data$event > 0)
  pieces <- survSplit(Surv(entry, time, left) ~ ., data = data, cut = breaks, episode = "period")
  pieces <- pieces[pieces$time > 0 & pieces$entry < 60, ]
  do.call(rbind, lapply(split(pieces, list(pieces$kind, pieces$period), drop = TRUE), function(one) {
    do.call(rbind, lapply(1:3, function(k) {
      found <- sum(one$left == 1 & one$event == k)
      test <- poisson.test(found, sum(one$time - one$entry))
      data.frame(
        unit = one$kind[1], cause = causes[k], start = max(breaks[breaks <= min(one$entry)]), n = nrow(one),
        events = found, person_months = sum(one$time - one$entry),
        lower = test$conf.int[1], upper = test$conf.int[2]
      )
    }))
  }))
}

topic <- function(name, late) {
  data <- read(name)
  said <- list(greenwood = greenwood(data, late), rates = occurrences(data, late))
  if (late) return(said)
  each <- lapply(c(sort(unique(data$kind)), "all"), function(kind) multistate(data, kind))
  c(said, list(
    curve = do.call(rbind, lapply(each, `[[`, "curve")), lost = do.call(rbind, lapply(each, `[[`, "lost")),
    prodlim = probabilities(data), tests = tests(data)
  ))
}

versions <- lapply(packages, function(package) as.character(packageVersion(package)))
software <- c(list(R = paste(R.version$major, R.version$minor, sep = ".")), setNames(versions, packages))
said <- list(
  software = lapply(software, unbox), tau = unbox(tau),
  months = topic("months", FALSE), days = topic("days", FALSE), late = topic("late", TRUE)
)
text <- toJSON(said, dataframe = "rows", digits = NA, na = "null", null = "null", rownames = FALSE)
# One row of an answer a line: short to read, short to compare.
writeLines(gsub("},{", "},\n{", enc2utf8(as.character(text)), fixed = TRUE), file.path("answers", "survival.json"), useBytes = TRUE)
