# Logistic regression with an intercept a municipality: mixed.R FOLDER cells.csv glmer0|glmer1|glmmTMB
args <- commandArgs(TRUE)
source(file.path(args[1], "common.R"))
cells <- read.csv(args[2], stringsAsFactors = TRUE, colClasses = c(municipality = "factor"))
formula <- cbind(yes, no) ~ sex + age_band + citizenship + civil_status + schooling + (1 | municipality)
if (args[3] == "glmmTMB") {
  needs("glmmTMB")
  tell(function() glmmTMB(formula, cells, binomial))
} else {
  needs("lme4")
  points <- as.integer(sub("glmer", "", args[3]))
  tell(function() glmer(formula, cells, binomial, nAGQ = points))
}
