namespace SigmoidApi.Tables.Libsvm;

/// <summary>The result of the first pass over a LIBSVM file.</summary>
/// <param name="Rows">The number of lines with a label.</param>
/// <param name="Features">The number of indices from the first possible one, 0 or 1, to the largest.</param>
/// <param name="ZeroBased">True if index 0 occurs: then indices count from 0, otherwise from 1.</param>
internal sealed record LibsvmHeader(long Rows, int Features, bool ZeroBased);
