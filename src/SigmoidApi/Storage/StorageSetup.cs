using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SigmoidApi.Storage.Postgres;
using SigmoidApi.Storage.Sqlite;
using SigmoidApi.TrainingJobs;

namespace SigmoidApi.Storage;

/// <summary>The store that the configuration names, migrated when the service starts.</summary>
public static class StorageSetup
{
    private const string ConnectionName = "Sigmoid";

    /// <summary>More may be in use at once; so many are kept.</summary>
    private const int PooledContexts = 64;

    public static void AddStorage(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<StorageOptions>().BindConfiguration(StorageOptions.Section).ValidateDataAnnotations()
            .Validate<IConfiguration>(
                (options, configuration) => options.Provider != StorageProvider.Postgres || !string.IsNullOrWhiteSpace(configuration.GetConnectionString(ConnectionName)),
                $"Storage:Provider 'Postgres' needs a connection string: ConnectionStrings:{ConnectionName}, for example 'Host=db;Username=sigmoid;Password=…;Database=sigmoid'.")
            .ValidateOnStart();
        builder.Services.AddSingleton<StorageDirectory>();
        builder.Services.AddSingleton<StorageTroubles>();
        builder.Services.AddOptions<RetentionOptions>().BindConfiguration(RetentionOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddHostedService<Retention>();
        builder.Services.AddSingleton(services => new DatasetFiles(services.GetRequiredService<StorageDirectory>().Path));
        if (builder.Configuration.GetSection(StorageOptions.Section).Get<StorageOptions>()?.Provider == StorageProvider.Postgres)
        {
            builder.AddStore<PostgresDbContext>((services, context) => PostgresDbContext.Configure(context, builder.Configuration.GetConnectionString(ConnectionName)!,
                TimeSpan.FromSeconds(services.GetRequiredService<IOptions<TrainingOptions>>().Value.LeaseSeconds)));
            return;
        }

        builder.Services.AddSingleton<SqliteTurn>();
        builder.AddStore<SqliteDbContext>((services, context) => SqliteDbContext.Configure(context, services.GetRequiredService<StorageDirectory>().File("sigmoid.db")));
    }

    /// <summary>Brings the store up to date; waits for a database that starts at the same time as the service.</summary>
    public static async Task PrepareStorageAsync(this WebApplication app)
    {
        app.Services.GetRequiredService<StorageDirectory>().Open();
        var seconds = app.Services.GetRequiredService<IOptions<StorageOptions>>().Value.StartWaitSeconds;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(seconds), app.Services.GetRequiredService<TimeProvider>());
        await app.Services.GetRequiredService<StorageTroubles>().UntilItWorksAsync(
            async () =>
            {
                await using var db = await app.Services.GetRequiredService<IDbContextFactory<SigmoidDbContext>>().CreateDbContextAsync();
                await db.MigrateAsync(CancellationToken.None);
                return true;
            },
            patience.Token);
    }

    private static void AddStore<TContext>(this WebApplicationBuilder builder, Action<IServiceProvider, DbContextOptionsBuilder> configure)
        where TContext : SigmoidDbContext
    {
        builder.Services.AddPooledDbContextFactory<TContext>(configure, PooledContexts);
        builder.Services.AddSingleton<IDbContextFactory<SigmoidDbContext>, Factory<TContext>>();
        builder.Services.AddScoped<SigmoidDbContext>(services => services.GetRequiredService<IDbContextFactory<SigmoidDbContext>>().CreateDbContext());
    }

    private sealed class Factory<TContext>(IDbContextFactory<TContext> contexts) : IDbContextFactory<SigmoidDbContext>
        where TContext : SigmoidDbContext
    {
        public SigmoidDbContext CreateDbContext() => contexts.CreateDbContext();
    }
}
