using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using SigmoidApi.Storage;

namespace SigmoidApi.Tests.Storage;

/// <summary>Errors of the storage that come while the service stops: they end neither a background service nor the process.</summary>
public sealed class TransientStorageErrorsTests : IDisposable
{
    private readonly StorageDirectory _directory = new(
        Options.Create(new StorageOptions()), new HostingEnvironment { ContentRootPath = Path.GetTempPath() });

    private readonly CancellationTokenSource _stop = new();
    private readonly TransientStorageErrors _errors;

    public TransientStorageErrorsTests() => _errors = new(_directory, TimeProvider.System, NullLogger<TransientStorageErrors>.Instance);

    public static TheoryData<Exception> Failures => [new SqliteException("not a database", 26), new InvalidOperationException("a fault of the service")];

    [Theory]
    [MemberData(nameof(Failures), DisableDiscoveryEnumeration = true)]
    public async Task RegularWorkThatFailsDuringAStopIsLoggedOnly(Exception failure) => await _errors.TryAndLogAsync(() => Stop(failure), _stop.Token);

    [Fact]
    public async Task RegularWorkThatTheStopCancelsIsCanceled() => await Should.ThrowAsync<OperationCanceledException>(
        _errors.TryAndLogAsync(() => Stop(new OperationCanceledException(_stop.Token)), _stop.Token));

    [Fact]
    public async Task RepeatedWorkThatFailsDuringAStopIsCanceled() => await Should.ThrowAsync<OperationCanceledException>(
        _errors.RetryAsync(() => Stop(new SqliteException("not a database", 26)), _stop.Token));

    [Fact]
    public async Task RepeatedWorkGivesUpDuringAStopWhenOnlyAnOperatorCanHelp()
    {
        var failure = await Should.ThrowAsync<SqliteException>(
            _errors.RetryAsync(() => Stop(new SqliteException("not a database", 26)), CancellationToken.None, _stop.Token));

        failure.SqliteErrorCode.ShouldBe(26);
    }

    public void Dispose()
    {
        _directory.Dispose();
        _stop.Dispose();
    }

    private async Task<int> Stop(Exception failure)
    {
        await _stop.CancelAsync();
        throw failure;
    }
}
