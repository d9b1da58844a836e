# glmnet's l1 path on the arrays that the comparison wrote: DIR ROWS COLUMNS GRID. GRID is lambda_max/N for 50 penalties from the largest useful one to an N-th
# of it, or default for 50 values of c from 0.003 to 1. For each threshold a JSON line: the median time of three fits, and the largest relative duality gap of
# a point (Koh, Kim and Boyd, 2007), as the benchmark computes it for our fits.
suppressMessages(library(glmnet))
arguments <- commandArgs(TRUE)
rows <- as.integer(arguments[2])
columns <- as.integer(arguments[3])
labels <- readBin(file.path(arguments[1], "y.f64"), "double", rows)
features <- matrix(readBin(file.path(arguments[1], "X.f64"), "double", rows * columns), rows, byrow = TRUE)

entropy <- function(q) ifelse(q <= 0 | q >= 1, 0, -q * log(q) - (1 - q) * log(1 - q))
gap <- function(intercept, weights, penalty) {
  margins <- intercept + as.vector(features %*% weights)
  for (k in 1:20) {
    p <- plogis(margins)
    margins <- margins - sum(p - labels) / sum(p * (1 - p))
  }
  residuals <- labels - plogis(margins)
  scale <- min(1, penalty / max(abs(crossprod(features, residuals))))
  primal <- sum(log1p(exp(-abs(margins))) + pmax(margins, 0) - labels * margins) + penalty * sum(abs(weights))
  (primal - sum(entropy(scale * abs(residuals)))) / primal
}

largest <- max(abs(crossprod(features, labels - mean(labels))))
grid <- strsplit(arguments[4], "/")[[1]]
penalties <- switch(grid[1],
  default = 1 / exp(seq(log(0.003), 0, length.out = 50)),
  lambda_max = largest * exp(seq(0, -log(as.numeric(grid[2])), length.out = 50)))
for (threshold in c(1e-5, 1e-7, 1e-9, 1e-11, 1e-13)) {
  seconds <- c()
  for (k in 1:3) {
    start <- proc.time()[[3]]
    fit <- glmnet(features, labels, family = "binomial", lambda = penalties / rows, standardize = FALSE, thresh = threshold, maxit = 1e7)
    seconds <- c(seconds, proc.time()[[3]] - start)
  }
  if (length(fit$lambda) < length(penalties)) next
  gaps <- sapply(seq_along(penalties), function(k) gap(fit$a0[k], fit$beta[, k], penalties[k]))
  cat(sprintf('{"peer": "glmnet", "solver": "thresh %g", "seconds": %.4f, "gap": %.3g}\n', threshold, median(seconds), max(gaps)))
}
