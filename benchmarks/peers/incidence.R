# Cumulative incidence: incidence.R FOLDER rows.csv survfit|cuminc [column of groups]
args <- commandArgs(TRUE)
source(file.path(args[1], "common.R"))
rows <- read.csv(args[2], colClasses = c(municipality = "character"))
if (args[3] == "survfit") {
  needs("survival")
  rows$event <- factor(rows$event, 0:3)
  by <- if (length(args) > 3) args[4] else "1"
  formula <- as.formula(sprintf("Surv(months, event) ~ %s", by))
  tell(function() survfit(formula, rows))
} else {
  needs("cmprsk")
  tell(function() cuminc(rows$months, rows$event))
}
