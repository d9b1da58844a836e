using System.Net.Sockets;
using System.Text;
using SigmoidApi.Tests.Contract;

namespace SigmoidApi.Tests;

/// <summary>A connection for requests that no HTTP client would send. The answer to a single request is checked against the document.</summary>
internal sealed class RawConnection : IDisposable
{
    private const int MostKept = 64 << 10;

    private readonly NetworkStream _stream;
    private readonly MemoryStream _sent = new();

    private RawConnection(Socket socket) => _stream = new NetworkStream(socket, ownsSocket: true);

    public static async Task<RawConnection> Open(Uri address)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);
            return new RawConnection(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public Task Send(string text) => Send(Encoding.Latin1.GetBytes(text));

    public async Task Send(byte[] bytes)
    {
        _sent.Write(bytes.AsSpan(0, Math.Min(bytes.Length, MostKept - (int)_sent.Length)));
        await _stream.WriteAsync(bytes, TestContext.Current.CancellationToken);
    }

    /// <summary>Closes the sending half; the answer can still be read.</summary>
    public void EndSending() => _stream.Socket.Shutdown(SocketShutdown.Send);

    /// <summary>Reads until the service closes the connection; empty for no answer.</summary>
    public async Task<byte[]> ReadToEnd()
    {
        using var answer = new MemoryStream();
        try
        {
            await _stream.CopyToAsync(answer, TestContext.Current.CancellationToken);
        }
        catch (IOException)
        {
            // The service has reset the connection. The answer is what was received before.
        }

        var received = answer.ToArray();
        if (RawAnswer.Of(_sent.ToArray(), received) is { } one && OpenApiContract.OfRepository.Fault(one) is { } fault)
            throw new ContractException(fault);
        return received;
    }

    public void Dispose() => _stream.Dispose();
}
