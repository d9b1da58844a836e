using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace SigmoidApi.Tests.Database;

/// <summary>
/// Debian's PostgreSQL, started with its own port and directory when the first test needs it. The directory is removed at the end. PostgreSQL refuses to run as
/// root, so root runs it as Debian's user <c>postgres</c>.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private readonly string _directory = Path.Combine(Path.GetTempPath(), $"sigmoid-postgres-{Guid.NewGuid():n}");
    private readonly SemaphoreSlim _starting = new(1);
    private int _port;
    private Process? _server;

    /// <summary>Creates an empty database.</summary>
    /// <returns>Its connection string.</returns>
    public async Task<string> CreateDatabase()
    {
        await _starting.WaitAsync();
        try
        {
            if (_server is null)
            {
                await Initialize();
                await Start();
            }
        }
        finally
        {
            _starting.Release();
        }

        var name = $"test_{Guid.NewGuid():n}";
        await using var connection = new NpgsqlConnection(ConnectionString("postgres"));
        await connection.OpenAsync();
        await using var create = new NpgsqlCommand($"CREATE DATABASE {name}", connection);
        await create.ExecuteNonQueryAsync();
        return ConnectionString(name);
    }

    public async Task Start()
    {
        _server = Launch(
            Tool("postgres"), "-D", _directory, "-p", Port, "-h", "127.0.0.1", "-k", _directory, "-c", "max_connections=400", "-c", "log_min_messages=fatal");
        var watch = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await using var connection = new NpgsqlConnection(ConnectionString("postgres") + ";Pooling=false");
                await connection.OpenAsync();
                return;
            }
            catch (NpgsqlException) when (watch.Elapsed < TimeSpan.FromMinutes(1) && !_server.HasExited)
            {
                await Task.Delay(20);
            }
        }
    }

    /// <summary>Ends the server like <c>pg_ctl stop -m immediate</c>: connections break at once, and the next start recovers.</summary>
    public async Task Stop()
    {
        using var quit = Process.Start("kill", ["-QUIT", _server!.Id.ToString(CultureInfo.InvariantCulture)]);
        await quit.WaitForExitAsync();
        await _server.WaitForExitAsync();
        _server.Dispose();
    }

    /// <summary>Runs one of PostgreSQL's tools, such as <c>pg_dump</c>, which must succeed.</summary>
    public static async Task Run(string tool, params string[] arguments)
    {
        using var process = Process.Start(Tool(tool), arguments);
        await process.WaitForExitAsync();
        RequireSuccess(process, $"{tool} {string.Join(' ', arguments)}");
    }

    public async ValueTask DisposeAsync()
    {
        _starting.Dispose();
        if (_server is null)
            return;
        NpgsqlConnection.ClearAllPools();
        await Stop();
        Directory.Delete(_directory, recursive: true);
    }

    private string Port => _port.ToString(CultureInfo.InvariantCulture);

    private string ConnectionString(string database) => $"Host=127.0.0.1;Port={Port};Username=sigmoid;Database={database};Timeout=5;Command Timeout=30";

    private async Task Initialize()
    {
        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            _port = ((IPEndPoint)listener.LocalEndpoint).Port;
        }

        Directory.CreateDirectory(_directory);
        if (Environment.UserName == "root")
        {
            using var own = Process.Start("chown", ["postgres:", _directory]);
            await own.WaitForExitAsync();
        }

        using var initialize = Launch(
            Tool("initdb"), "-D", _directory, "-A", "trust", "-U", "sigmoid", "-E", "UTF8", "--locale=C.UTF-8", "--no-instructions", "--no-sync");
        await initialize.WaitForExitAsync();
        RequireSuccess(initialize, "initdb");
    }

    private static Process Launch(string tool, params string[] arguments)
    {
        string[] command = Environment.UserName == "root"
            ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", tool, .. arguments]
            : [tool, .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static void RequireSuccess(Process process, string what)
    {
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{what} ended with {process.ExitCode}.");
    }

    private static string Tool(string name) =>
        Directory.GetDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin", name)).Where(File.Exists).Order().Last();
}
