using SigmoidApi.Storage;

namespace SigmoidApi.Datasets;

/// <summary>Finds a use of a data set that prevents its deletion. Each feature that uses data sets registers its own check.</summary>
/// <param name="datasetId">The data set.</param>
/// <param name="db">In the transaction that would delete it.</param>
/// <param name="cancellationToken">Cancels the check.</param>
/// <returns>A sentence that names what uses the data set and says what to do; null if nothing does.</returns>
internal delegate Task<string?> DatasetUse(Guid datasetId, SigmoidDbContext db, CancellationToken cancellationToken);
