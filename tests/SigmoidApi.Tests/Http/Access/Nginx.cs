using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace SigmoidApi.Tests.Http.Access;

/// <summary>
/// A real nginx on loopback in front of a service. It serves it under two paths: <c>/stripped/</c>, which it removes and forwards as a prefix, and
/// <c>/passed/</c>, which it passes on.
/// </summary>
internal sealed class Nginx : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("sigmoid-nginx-").FullName;
    private readonly Process _process;

    private Nginx(Uri service)
    {
        Port = FreePort();
        File.WriteAllText(Path.Combine(_directory, "nginx.conf"), Configuration(service));
        _process = Process.Start(new ProcessStartInfo("/usr/sbin/nginx", ["-p", _directory, "-c", "nginx.conf", "-e", "stderr"]))!;
    }

    public int Port { get; }

    public static async Task<Nginx> Started(Uri service)
    {
        var nginx = new Nginx(service);
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{nginx.Port}") };
        await Eventually.Get(
            async () =>
            {
                nginx._process.HasExited.ShouldBeFalse();
                try
                {
                    return (await http.GetAsync(new Uri("/stripped/health/ready", UriKind.Relative), TestContext.Current.CancellationToken)).StatusCode;
                }
                catch (HttpRequestException)
                {
                    return HttpStatusCode.ServiceUnavailable;
                }
            },
            status => status == HttpStatusCode.OK);
        return nginx;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>A free port.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    // One process, in the foreground, that only writes to this directory.
    private string Configuration(Uri service) => $$"""
        daemon off;
        master_process off;
        pid nginx.pid;
        events {}
        http {
          access_log off;
          client_body_temp_path body;
          proxy_temp_path proxy;
          fastcgi_temp_path fastcgi;
          uwsgi_temp_path uwsgi;
          scgi_temp_path scgi;
          proxy_http_version 1.1;

          proxy_buffering off;
          server {
            listen 127.0.0.1:{{Port}};
            proxy_set_header Connection "";
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            proxy_set_header X-Forwarded-Proto $scheme;
            proxy_set_header X-Forwarded-Host $http_host;
            location /stripped/ {
              proxy_pass {{service.GetLeftPart(UriPartial.Authority)}}/;
              proxy_set_header Connection "";
              proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
              proxy_set_header X-Forwarded-Proto $scheme;
              proxy_set_header X-Forwarded-Host $http_host;
              proxy_set_header X-Forwarded-Prefix /stripped;
            }
            location /passed/ {
              proxy_pass {{service.GetLeftPart(UriPartial.Authority)}};
            }
          }
        }
        """;
}
