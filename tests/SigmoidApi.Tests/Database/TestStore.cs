[assembly: AssemblyFixture(typeof(SigmoidApi.Tests.Database.PostgresServer))]

namespace SigmoidApi.Tests.Database;

/// <summary>A store for services under test; one class for each kind of store.</summary>
public abstract class TestStore
{
    /// <summary>Settings of a service with a new, empty store.</summary>
    public abstract Task<IReadOnlyDictionary<string, string>> NewSettings();
}

public sealed class SqliteStore : TestStore
{
    public override Task<IReadOnlyDictionary<string, string>> NewSettings() =>
        Task.FromResult<IReadOnlyDictionary<string, string>>(new Dictionary<string, string>());
}

public sealed class PostgresStore(PostgresServer server) : TestStore
{
    public override async Task<IReadOnlyDictionary<string, string>> NewSettings() => new Dictionary<string, string>
    {
        ["Storage:Provider"] = "Postgres",
        ["ConnectionStrings:Sigmoid"] = await server.CreateDatabase(),
    };
}

/// <summary>A service with its own store for the tests of a class.</summary>
public class StoreApplication(TestStore store) : IAsyncLifetime
{
    public TestApplication Application { get; private set; } = null!;

    public ApiClient Api => Application.Api;

    /// <summary>Another service, with another store of the same kind.</summary>
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
