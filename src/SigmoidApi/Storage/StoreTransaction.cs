using Microsoft.EntityFrameworkCore.Storage;

namespace SigmoidApi.Storage;

/// <summary>
/// A writing transaction, together with its turn in a store with one writer at a time. Disposing it without a commit rolls it back.
/// </summary>
public sealed class StoreTransaction(IDbContextTransaction transaction, IDisposable? turn) : IAsyncDisposable
{
    public Task CommitAsync(CancellationToken cancellationToken) => transaction.CommitAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        try
        {
            await transaction.DisposeAsync();
        }
        finally
        {
            turn?.Dispose();
        }
    }
}
