using SigmoidApi.Storage;

namespace SigmoidApi.Datasets;

/// <summary>Says what uses a data set, so that it can't be deleted. Features register theirs.</summary>
/// <param name="datasetId">The data set.</param>
/// <param name="db">Within the transaction that would delete it.</param>
/// <param name="cancellationToken">Ends the look.</param>
/// <returns>A sentence that names the user and says what to do; null where there is none.</returns>
internal delegate Task<string?> DatasetUse(Guid datasetId, SigmoidDbContext db, CancellationToken cancellationToken);
