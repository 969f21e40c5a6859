# Answers of lme4's glmer and of R's glm to inputs/casemix.csv, for test_casemix.py.
#
#   cd tests/reference && Rscript make_casemix.R
#
# On Debian: apt-get install --no-install-recommends r-base-core r-cran-lme4 r-cran-jsonlite

suppressPackageStartupMessages({
  library(jsonlite)
  library(lme4)
})

persons <- read.csv("inputs/casemix.csv", stringsAsFactors = FALSE)
rows <- persons[rep(seq_len(nrow(persons)), persons$persons), ]
# The most common category is the reference.
rows$schooling <- relevel(factor(rows$schooling), names(which.max(table(rows$schooling))))
rows$sex <- relevel(factor(rows$sex), names(which.max(table(rows$sex))))

coefficients_of <- function(estimate, covariance) {
  data.frame(term = names(estimate), estimate = unname(estimate), se = unname(sqrt(diag(as.matrix(covariance)))))
}

mixed <- function(formula, nodes) {
  fit <- glmer(formula, rows, binomial, nAGQ = nodes, control = glmerControl(
    optimizer = "bobyqa", optCtrl = list(rhobeg = 1e-3, rhoend = 1e-9, maxfun = 1e5), tolPwrss = 1e-13
  ))
  u <- ranef(fit, condVar = TRUE)$municipality
  list(
    sigma = unbox(unname(getME(fit, "theta"))),
    log_likelihood = unbox(as.numeric(logLik(fit))),
    coefficients = coefficients_of(fixef(fit), vcov(fit, use.hessian = FALSE)),
    units = data.frame(unit = rownames(u), u = u[, 1], u_se = sqrt(as.vector(attr(u, "postVar"))))
  )
}

person <- employed ~ age + sex + schooling
fixed <- glm(person, binomial, rows, control = glm.control(epsilon = 1e-14, maxit = 50))
p <- fitted(fixed)
of_unit <- function(values) tapply(values, rows$municipality, sum)
expected <- data.frame(
  unit = names(of_unit(p)), n = as.vector(of_unit(p^0)), events = as.vector(of_unit(rows$employed)),
  expected = as.vector(of_unit(p)), variance = as.vector(of_unit(p * (1 - p)))
)
# Wilcoxon's statistic over all pairs is the c statistic.
c_statistic <- with(rows, unname(wilcox.test(p[employed == 1], p[employed == 0], exact = FALSE)$statistic) /
  (sum(employed == 1) * sum(employed == 0)))

with_units <- update(person, . ~ . + (1 | municipality))
answers <- list(
  software = list(
    R = unbox(paste(R.version$major, R.version$minor, sep = ".")), lme4 = unbox(as.character(packageVersion("lme4")))
  ),
  glm = list(
    log_likelihood = unbox(as.numeric(logLik(fixed))), c_statistic = unbox(c_statistic),
    coefficients = coefficients_of(coef(fixed), vcov(fixed)), units = expected
  ),
  laplace = mixed(with_units, 1),
  agq = mixed(with_units, 25),
  context = mixed(update(with_units, . ~ . + unemployment), 1)
)
text <- toJSON(answers, dataframe = "rows", digits = NA, pretty = TRUE)
writeLines(enc2utf8(as.character(text)), "answers/casemix.json", useBytes = TRUE)
