using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Options;
using SigmoidApi.Http;
using SigmoidApi.Storage;
using SigmoidApi.TrainingJobs.Fitting;

namespace SigmoidApi.Database;

/// <summary>Sets up the store that the configuration names, and migrates it when the service starts.</summary>
public static class StorageSetup
{
    private const string ConnectionName = "Sigmoid";

    /// <summary>Contexts that are kept for reuse. More may be in use at once.</summary>
    private const int PooledContexts = 64;

    public static void AddStorage(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<StorageOptions>().BindConfiguration(StorageOptions.Section).ValidateDataAnnotations()
            .Validate<IConfiguration>(
                (options, configuration) =>
                    options.Provider != StorageProvider.Postgres || !string.IsNullOrWhiteSpace(configuration.GetConnectionString(ConnectionName)),
                $"Storage:Provider 'Postgres' needs a connection string: ConnectionStrings:{ConnectionName}, "
                + "for example 'Host=db;Username=sigmoid;Password=…;Database=sigmoid'.")
            .ValidateOnStart();
        builder.Services.AddSingleton<StorageDirectory>();
        builder.Services.AddSingleton<TransientStorageErrors>()
            .AddSingleton<IOutage>(services => services.GetRequiredService<TransientStorageErrors>());
        builder.Services.AddSingleton(services => new DatasetFiles(services.GetRequiredService<StorageDirectory>().Path));
        if (builder.Configuration.GetSection(StorageOptions.Section).Get<StorageOptions>()?.Provider == StorageProvider.Postgres)
        {
            builder.AddStore<PostgresDbContext>((services, context) => PostgresDbContext.Configure(
                context, builder.Configuration.GetConnectionString(ConnectionName)!,
                TimeSpan.FromSeconds(services.GetRequiredService<IOptions<TrainingOptions>>().Value.LeaseSeconds)));
            return;
        }

        builder.Services.AddSingleton<SqliteTurn>();
        builder.AddStore<SqliteDbContext>((services, context) => SqliteDbContext.Configure(
            context, services.GetRequiredService<StorageDirectory>().File(StorageDirectory.DatabaseName),
            services.GetRequiredService<TransientStorageErrors>()));
    }

    /// <summary>Migrates the store. Waits for a database that starts at the same time as the service.</summary>
    /// <returns>False if the store can't be used; a log line gives the reason.</returns>
    public static async Task<bool> PrepareStorageAsync(this WebApplication app)
    {
        var troubles = app.Services.GetRequiredService<TransientStorageErrors>();
        var seconds = app.Services.GetRequiredService<IOptions<StorageOptions>>().Value.StartWaitSeconds;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(seconds), app.Services.GetRequiredService<TimeProvider>());
        try
        {
            app.Services.GetRequiredService<StorageDirectory>().Open();
            var hasDatasets = app.Services.GetRequiredService<DatasetFiles>().HasDatasets;
            var damage = await troubles.RetryAsync(() => PrepareAsync(app, hasDatasets), patience.Token);
            if (damage is not null)
                troubles.LogNoStart(damage);
            return damage is null;
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            troubles.LogNoStart(new TimeoutException($"The database could not be used within Storage:StartWaitSeconds, {seconds}; the line above says why."));
            return false;
        }
        catch (StorageDirectoryException e)
        {
            troubles.LogNoStart(e);
            return false;
        }
    }

    /// <returns>The damage of the database, for which waiting does not help; null for none.</returns>
    private static async Task<Exception?> PrepareAsync(WebApplication app, bool hasDatasets)
    {
        try
        {
            await using var db = await app.Services.GetRequiredService<IDbContextFactory<SigmoidDbContext>>().CreateDbContextAsync();
            await db.MigrateAsync(hasDatasets, CancellationToken.None);
            await db.RequireUsableAsync(CancellationToken.None);
            // EF Core builds this part of its model at the first query. Two concurrent first queries may find it half built, and fail.
            _ = db.Model.GetRelationalModel();
            return null;
        }
        catch (Exception e) when (TransientStorageErrors.IsDamage(e))
        {
            return e;
        }
    }

    private static void AddStore<TContext>(this WebApplicationBuilder builder, Action<IServiceProvider, DbContextOptionsBuilder> configure)
        where TContext : SigmoidDbContext
    {
        builder.Services.AddPooledDbContextFactory<TContext>(
            (services, context) =>
            {
                configure(services, context);
                // Needed to recognise a stored value that can't be read.
                context.EnableDetailedErrors();
                // A test holds the migrations to the model. To compare them at a start takes longer than all else in it.
                context.ConfigureWarnings(warnings => warnings.Ignore(RelationalEventId.PendingModelChangesWarning));
            },
            PooledContexts);
        builder.Services.AddSingleton<IDbContextFactory<SigmoidDbContext>, Factory<TContext>>();
        builder.Services.AddScoped<SigmoidDbContext>(services => services.GetRequiredService<IDbContextFactory<SigmoidDbContext>>().CreateDbContext());
    }

    private sealed class Factory<TContext>(IDbContextFactory<TContext> contexts) : IDbContextFactory<SigmoidDbContext>
        where TContext : SigmoidDbContext
    {
        public SigmoidDbContext CreateDbContext() => contexts.CreateDbContext();
    }
}
