[assembly: AssemblyFixture(typeof(SigmoidApi.Tests.Database.PostgresServer))]

namespace SigmoidApi.Tests.Database;

/// <summary>Where a service under test keeps its state: one for each kind of store that the service can be configured for.</summary>
public abstract class TestStore
{
    /// <summary>What configures a service for a store of its own, empty at first.</summary>
    public abstract Task<IReadOnlyDictionary<string, string>> NewSettings();
}

public sealed class SqliteStore : TestStore
{
    public override Task<IReadOnlyDictionary<string, string>> NewSettings() => Task.FromResult<IReadOnlyDictionary<string, string>>(new Dictionary<string, string>());
}

public sealed class PostgresStore(PostgresServer server) : TestStore
{
    public override async Task<IReadOnlyDictionary<string, string>> NewSettings() => new Dictionary<string, string>
    {
        ["Storage:Provider"] = "Postgres",
        ["ConnectionStrings:Sigmoid"] = await server.CreateDatabase(),
    };
}

/// <summary>A service on a store of its own for the tests of a class.</summary>
public class StoreApplication(TestStore store) : IAsyncLifetime
{
    public TestApplication Application { get; private set; } = null!;

    public ApiClient Api => Application.Api;

    /// <summary>One more, on another store of the same kind.</summary>
    public async Task<TestApplication> Another(params IEnumerable<(string Key, string Value)> settings)
    {
        var application = new TestApplication();
        foreach (var (key, value) in (await store.NewSettings()).Select(setting => (setting.Key, setting.Value)).Concat(settings))
            application.Settings[key] = value;
        return application;
    }

    public async ValueTask InitializeAsync() => Application = await Another();

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Application.DisposeAsync();
    }
}

public sealed class SqliteApplication() : StoreApplication(new SqliteStore());

public sealed class PostgresApplication(PostgresServer server) : StoreApplication(new PostgresStore(server));
