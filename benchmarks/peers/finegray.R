# Fine and Gray's regression: finegray.R FOLDER rows.csv coxph|crr ROWS
args <- commandArgs(TRUE)
source(file.path(args[1], "common.R"))
rows <- read.csv(args[2], stringsAsFactors = TRUE, nrows = as.integer(args[4]))
rows$person <- seq_len(nrow(rows))
if (args[3] == "coxph") {
  needs("survival")
  rows$event <- factor(rows$event, 0:3, c("censored", "moved", "emigrated", "dead"))
  tell(function() {
    weighted <- finegray(Surv(months, event) ~ ., rows, etype = "moved")
    coxph(Surv(fgstart, fgstop, fgstatus) ~ sex + age_band + citizenship + civil_status + schooling,
      weighted, weights = fgwt, ties = "breslow", cluster = person)
  })
} else {
  needs("cmprsk")
  x <- model.matrix(~ sex + age_band + citizenship + civil_status + schooling, rows)[, -1]
  tell(function() crr(rows$months, rows$event, x))
}
