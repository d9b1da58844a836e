# glmnet's l1 path on the arrays that the comparison wrote: DIR ROWS COLUMNS. A JSON line, with the median of three fits at the default threshold.
suppressMessages(library(glmnet))
arguments <- commandArgs(TRUE)
rows <- as.integer(arguments[2])
columns <- as.integer(arguments[3])
features <- matrix(readBin(file.path(arguments[1], "X.f64"), "double", rows * columns), rows, byrow = TRUE)
labels <- readBin(file.path(arguments[1], "y.f64"), "double", rows)
lambda <- sort(1 / (exp(seq(log(0.003), 0, length.out = 50)) * rows), decreasing = TRUE)
seconds <- c()
for (k in 1:3) {
  start <- proc.time()[[3]]
  fit <- glmnet(features, labels, family = "binomial", lambda = lambda, standardize = FALSE, maxit = 1e7)
  seconds <- c(seconds, proc.time()[[3]] - start)
}
last <- as.numeric(coef(fit)[, length(lambda)])
margins <- last[1] + features %*% last[-1]
objective <- sum(log1p(exp(-abs(margins))) + pmax(margins, 0) - labels * margins) + sum(abs(last[-1]))
cat(sprintf('{"peer": "glmnet", "solver": "thresh 1e-07", "seconds": %.4f, "objective": %.12g}\n', median(seconds), objective))
