using Microsoft.EntityFrameworkCore.Storage;

namespace SigmoidApi.Storage;

/// <summary>A transaction that writes, and the turn that it has among others, where the store has one writer at a time. Undone when it is disposed without a commit.</summary>
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
