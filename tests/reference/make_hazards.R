# Answers of R to the two inputs of hazards: regressions of one cause and of its cumulative incidence.
#
#   cd tests/reference && Rscript make_hazards.R
#
# Run by hand when an input is added. On Debian:
#   apt-get install --no-install-recommends r-base-core r-cran-survival r-cran-cmprsk r-cran-jsonlite

suppressPackageStartupMessages({
  library(jsonlite)
  library(survival)
  library(cmprsk)
})
options(warn = 2)

formula_of <- function(left, more = "") as.formula(paste(left, "~ sex + age + kind", more), parent.frame())
exact <- coxph.control(eps = 1e-12, toler.chol = 1e-13, iter.max = 50)

read <- function(name) {
  data <- read.csv(file.path("inputs", paste0(name, ".csv")), encoding = "UTF-8")
  # The most common category first, as the reference.
  for (column in c("sex", "kind")) data[[column]] <- factor(data[[column]], names(sort(-table(data[[column]]))))
  data$cause <- factor(data$event, c("censored", "moved", "emigrated", "dead"))
  data$id <- seq_len(nrow(data))
  data
}
people <- data.frame(sex = c("female", "male", "male"), age = c(20, 35, 60), kind = c("rural", "big_city", "small_town"))

terms_of <- function(fit, robust) data.frame(
  term = names(coef(fit)), estimate = unname(coef(fit)),
  se = unname(sqrt(diag(if (robust) fit$var else if (is.null(fit$naive.var)) fit$var else fit$naive.var)))
)
changes_of <- function(fit) {
  test <- function(...) {
    found <- cox.zph(fit, ...)$table
    data.frame(covariate = rownames(found), chi2 = found[, "chisq"], df = found[, "df"], p = found[, "p"])
  }
  list(trend = test("identity"), change = test(function(t) as.numeric(t > 36)))
}

cox <- function(data, late) {
  times <- if (late) "Surv(entry, time, event == 'moved')" else "Surv(time, event == 'moved')"
  fit <- coxph(formula_of(times), data, ties = "breslow", control = exact)
  clustered <- coxph(formula_of(times), data, ties = "breslow", control = exact, cluster = municipality)
  hazard <- basehaz(fit, newdata = people[1, ])
  list(
    terms = terms_of(fit, FALSE), clustered = terms_of(clustered, TRUE), loglik = fit$loglik, changes = changes_of(fit),
    cumulative = hazard
  )
}

incidence_of_all <- function(data) {
  fit <- coxph(Surv(time, cause) ~ sex + age + kind, data, id = id, ties = "breslow", control = exact)
  predicted <- survfit(fit, newdata = people)
  at <- summary(predicted, times = c(6, 24, 48))
  matrix(at$pstate[, , match("moved", predicted$states)], nrow = 3)
}

fine_gray <- function(data, late) {
  long <- if (late) {
    finegray(Surv(entry, time, cause) ~ ., data, etype = "moved", id = id)
  } else {
    finegray(Surv(time, cause) ~ ., data, etype = "moved")
  }
  left <- "Surv(fgstart, fgstop, fgstatus)"
  fit <- function(more) coxph(formula_of(left, more), long, weights = fgwt, ties = "breslow", control = exact)
  single <- fit("+ cluster(id)")
  predicted <- summary(survfit(single, newdata = people, se.fit = FALSE), times = c(6, 24, 48))
  list(
    terms = terms_of(single, TRUE), clustered = terms_of(fit("+ cluster(municipality)"), TRUE),
    changes = changes_of(fit("")), incidence = 1 - matrix(predicted$surv, nrow = 3)
  )
}

crr_of <- function(data) {
  x <- model.matrix(~ sex + age + kind, data)[, -1]
  code <- match(data$event, c("moved", "emigrated", "dead"), nomatch = 0)
  fit <- crr(data$time, code, x, gtol = 1e-12, maxiter = 50)
  data.frame(term = names(fit$coef), estimate = unname(fit$coef), se = sqrt(diag(fit$var)))
}

both <- function(name) {
  data <- read(name)
  list(
    cox = cox(data, FALSE), cox_late = cox(data, TRUE), incidence = incidence_of_all(data),
    finegray = fine_gray(data, FALSE), finegray_late = fine_gray(data, TRUE)
  )
}
said <- list(months = both("hazards"), continuous = c(both("hazards_continuous"), list(crr = crr_of(read("hazards_continuous")))))
software <- c(
  list(R = unbox(paste(R.version$major, R.version$minor, sep = "."))),
  sapply(c("survival", "cmprsk"), function(package) unbox(as.character(packageVersion(package))), simplify = FALSE)
)
text <- toJSON(c(list(software = software), said), dataframe = "rows", rownames = FALSE, digits = NA, na = "null", pretty = TRUE)
writeLines(text, file.path("answers", "hazards.json"))
