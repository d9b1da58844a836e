using System.Net.Sockets;
using System.Text;

namespace SigmoidApi.Tests;

/// <summary>A connection on which a test sends what no HTTP client would.</summary>
internal sealed class RawConnection : IDisposable
{
    private readonly TcpClient _socket = new();

    public static async Task<RawConnection> Open(Uri address)
    {
        var connection = new RawConnection();
        try
        {
            await connection._socket.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public Task Send(string text) => Send(Encoding.Latin1.GetBytes(text));

    public async Task Send(byte[] bytes) => await _socket.GetStream().WriteAsync(bytes, TestContext.Current.CancellationToken);

    /// <summary>Sends no more, as a client that has ended its half; the answer can still be read.</summary>
    public void EndSending() => _socket.Client.Shutdown(SocketShutdown.Send);

    /// <summary>Reads until the service closes the connection; empty where it answers nothing.</summary>
    public async Task<byte[]> ReadToEnd()
    {
        using var answer = new MemoryStream();
        try
        {
            await _socket.GetStream().CopyToAsync(answer, TestContext.Current.CancellationToken);
        }
        catch (IOException)
        {
            // Reset by the service: what came until then is the answer.
        }

        return answer.ToArray();
    }

    public void Dispose() => _socket.Dispose();
}
