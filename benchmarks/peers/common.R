# What all peers in R share: `needs` a package or says that it is not there; `tell` times an expression.
# Reading the CSV file comes before and is not timed; the memory is that of the whole process, reading included.

needs <- function(...) {
  for (name in c(...)) {
    if (!suppressPackageStartupMessages(suppressWarnings(require(name, character.only = TRUE, quietly = TRUE)))) {
      cat(sprintf('{"absent": "the R package %s is not installed"}\n', name))
      quit(status = 0)
    }
  }
}

peak_mib <- function() {
  if (!file.exists("/proc/self/status")) return("null")
  line <- grep("^VmHWM", readLines("/proc/self/status"), value = TRUE)
  format(as.numeric(gsub("[^0-9]", "", line)) / 1024)
}

tell <- function(call) {
  held <- peak_mib()
  taken <- NULL
  repeat {
    one <- system.time(suppressWarnings(call()))
    taken <- rbind(taken, c(one[["elapsed"]], one[["user.self"]] + one[["sys.self"]]))
    if (nrow(taken) == 3 || taken[1, 1] >= 5) break
  }
  cat(sprintf(
    '{"seconds": %.6f, "cpu": %.6f, "runs": %d, "mib": %s, "held": %s}\n',
    median(taken[, 1]), median(taken[, 2]), nrow(taken), peak_mib(), held
  ))
}
