using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Compute.Solvers;
using SigmoidApi.Datasets;
using SigmoidApi.Functions;
using SigmoidApi.Http;
using SigmoidApi.Models;
using SigmoidApi.Serving;
using SigmoidApi.Tables;
using SigmoidApi.Tables.Bytes;
using SigmoidApi.Tables.Charsets;
using SigmoidApi.Tests.Tables;
using SigmoidApi.TrainingJobs;
using SigmoidApi.TrainingJobs.Fitting;

namespace SigmoidApi.Growth.Tests;

/// <summary>
/// The time for a body grows no faster than its size: twice as much of any shape takes at most 2.5 times as long to read, validate and predict, whether it is
/// accepted or refused.
/// </summary>
public sealed class BodyDoublingTests(BodyDoublingTests.Target target) : IClassFixture<BodyDoublingTests.Target>
{
    private const int Most = 1 << 22;

    // A garbage collection and new memory take a millisecond or two.
    private const double Enough = 5;

    // 4 ms for each megabyte.
    private const double Little = 16;

    // For empty input the framework writes no member at all.
    private static readonly byte[] EmptyMember = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    private static readonly Dictionary<string, Func<Target, int, Action>> Shapes = new(StringComparer.Ordinal)
    {
        ["numbers"] = Body<EvaluateRequest>(n => $"{{\"values\":[{Of("0.125,", n / 6)}1]}}"),
        ["digits"] = Body<EvaluateRequest>(n => $"{{\"values\":[{Of("7", n)}]}}"),
        ["digits of a fraction"] = Body<EvaluateRequest>(n => $"{{\"values\":[0.{Of("7", n)}]}}"),
        ["digits of an exponent"] = Body<EvaluateRequest>(n => $"{{\"values\":[1e{Of("9", n)}]}}"),
        ["digits of a threshold"] = Body<PredictRequest>(n => $"{{\"features\":[[1]],\"weights\":[1],\"threshold\":{Of("7", n)}}}"),
        ["depth of arrays"] = Body<EvaluateRequest>(n => $"{{\"values\":{Of("[", n)}"),
        ["empty arrays"] = Body<EvaluateRequest>(n => $"{{\"values\":[{Of("[],", n / 3)}[]]}}"),
        ["rows of one number"] = Body<PredictRequest>(n => $"{{\"features\":[{Of("[1],", n / 4)}[1]],\"weights\":[1]}}"),
        ["rows of different lengths"] = Body<PredictRequest>(n => $"{{\"features\":[{Of("[1],", n / 4)}[1,2]],\"weights\":[1]}}"),
        ["blanks"] = Body<EvaluateRequest>(n => $"{{\"values\":{Of(" ", n)}[1]}}"),
        ["blanks alone"] = Body<EvaluateRequest>(n => Of(" ", n)),
        ["unknown fields"] = Body<EvaluateRequest>(n => $"{{{Each(n / 8, i => $"\"f{i}\":1,")}\"values\":[1]}}"),
        ["a long unknown field"] = Body<EvaluateRequest>(n => $"{{\"{Of("x", n)}\":1}}"),
        ["an unknown field of dots"] = Body<EvaluateRequest>(n => $"{{\"{Of("a.", n / 2)}\":1}}"),
        ["an unknown field of brackets"] = Body<EvaluateRequest>(n => $"{{\"{Of("']['", n / 4)}\":1}}"),
        ["parameters with brackets"] = Body<EvaluateRequest>(n => $"{{\"values\":[1],\"parameters\":{{\"{Of("']['", n / 4)}\":\"x\"}}}}"),
        ["parameters"] = Body<EvaluateRequest>(n => $"{{\"values\":[1],\"parameters\":{{{Each(n / 8, i => $"\"f{i}\":1,")}\"a\":1}}}}"),
        ["parameters of one name"] = Body<EvaluateRequest>(n => $"{{\"values\":[1],\"parameters\":{{{Of("\"a\":1,", n / 6)}\"a\":1}}}}"),
        ["an escaped name"] = Body<EvaluateRequest>(n => $"{{\"{Of("\\u0061", n / 6)}\":1}}"),
        ["an escaped text"] = Body<EvaluateRequest>(n => $"{{\"values\":[1],\"activation\":\"{Of("\\u0061", n / 6)}\"}}"),
        ["an open text"] = Body<EvaluateRequest>(n => $"{{\"values\":[1],\"activation\":\"{Of("x", n)}"),
        ["text that is not UTF-8"] = (target, n) => Read<EvaluateRequest>(target,
            [.. "{\"activation\":\""u8, .. Enumerable.Repeat((byte)0xFF, n), .. "\"}"u8], "application/json"),

        ["records"] = Predict(n => $"{{\"rows\":[{Of("{\"a\":1,\"b\":\"x\"},", n / 16)}{{\"a\":1,\"b\":\"x\"}}]}}"),
        ["records in turn"] = Predict(n => $"{{\"rows\":[{Of("{\"a\":1,\"b\":\"x\"},{\"b\":\"x\",\"a\":1},", n / 32)}{{\"a\":1,\"b\":\"x\"}}]}}"),
        ["names of a record"] = Predict(n => $"{{\"rows\":[{{{Each(n / 8, i => $"\"f{i}\":1,")}\"a\":1,\"b\":\"x\"}}]}}"),
        ["names with blanks"] = Predict(n => $"{{\"rows\":[{{{Each(n / 9, i => $"\" f{i}\":1,")}\"a\":1,\"b\":\"x\"}}]}}"),
        ["names with blanks that are the same without"] = Predict(
            n => $"{{\"rows\":[{{{Each(500, i => $"\"{new string(' ', i + n / 500)}a\":1,")}\"a\":1,\"b\":\"x\"}}]}}"),
        ["escaped names of a record"] = Predict(n => $"{{\"rows\":[{{{Each(n / 14, i => $"\"\\u0066{i}\":1,")}\"a\":1,\"b\":\"x\"}}]}}"),
        ["a name twice"] = Predict(n => $"{{\"rows\":[{{{Each(n / 8, i => $"\"f{i}\":1,")}\"f0\":1}}]}}"),
        ["different levels"] = Predict(n => $"{{\"rows\":[{Each(n / 24, i => $"{{\"a\":1,\"b\":\"l{i}\"}},")}{{\"a\":1,\"b\":\"x\"}}]}}"),
        ["levels of numbers"] = Predict(n => $"{{\"rows\":[{Each(n / 24, i => $"{{\"a\":1,\"b\":{i}.5}},")}{{\"a\":1,\"b\":\"x\"}}]}}"),
        ["a long level"] = Predict(n => $"{{\"rows\":[{{\"a\":1,\"b\":\"{Of("x", n)}\"}}]}}"),
        ["a level of digits"] = Predict(n => $"{{\"rows\":[{{\"a\":1,\"b\":{Of("7", n)}}}]}}"),
        ["texts of digits"] = Predict(n => $"{{\"rows\":[{{\"a\":\"{Of("7", n)}\",\"b\":\"x\"}}]}}"),
        ["texts of points"] = Predict(n => $"{{\"rows\":[{{\"a\":\"{Of("1.", n / 2)}\",\"b\":\"x\"}}]}}"),
        ["a text of blanks"] = Predict(n => $"{{\"rows\":[{{\"a\":\"{Of(" ", n)}1\",\"b\":\"x\"}}]}}"),
        ["nested levels"] = Predict(n => $"{{\"rows\":[{Each(n / 24, i => $"{{\"a\":1,\"b\":[{i}]}},")}{{\"a\":1,\"b\":\"x\"}}]}}"),
        ["a nested level"] = Predict(n => $"{{\"rows\":[{{\"a\":1,\"b\":[{Of("1.5,", n / 4)}1]}}]}}"),
        ["a nested level of texts"] = Predict(n => $"{{\"rows\":[{{\"a\":1,\"b\":[{Of("\"\\u0061\",", n / 9)}1]}}]}}"),
        ["a nested level of names"] = Predict(n => $"{{\"rows\":[{{\"a\":1,\"b\":{{{Each(n / 8, i => $"\"f{i}\":1,")}\"a\":1}}}}]}}"),
        ["a nested level of digits"] = Predict(n => $"{{\"rows\":[{{\"a\":1,\"b\":[{Of("7", n)}.5]}}]}}"),
        ["columns"] = Predict(n => $"{{\"columns\":{{{Each(n / 10, i => $"\"f{i}\":[1],")}\"a\":[1],\"b\":[\"x\"]}}}}"),
        ["a column"] = Predict(n => $"{{\"columns\":{{\"a\":[{Of("1,", n / 4)}1],\"b\":[{Of("0,", n / 4)}0]}}}}"),
        ["features"] = Predict(n => $"{{\"features\":[{Of("[1,0],", n / 6)}[1,0]]}}"),
        ["a row of features"] = Predict(n => $"{{\"features\":[[{Of("1,", n / 2)}1]]}}"),

        ["labels"] = Train(n => $"{{\"data\":{{\"features\":[{Of("[1],[2],", n / 12)}[1]],\"labels\":[{Of("0,1,", n / 12)}0]}}}}"),
        ["wrong labels"] = Train(n => $"{{\"data\":{{\"features\":[{Of("[1],[2],", n / 12)}[1]],\"labels\":[{Of("3,", n / 6)}0]}}}}"),
        ["features of a training"] = Train(n => $"{{\"datasetId\":\"x\",\"target\":\"y\",\"features\":[{Each(n / 8, i => $"\"f{i}\",")}\"a\"]}}"),
        ["one feature of a training"] = Train(n => $"{{\"datasetId\":\"x\",\"target\":\"y\",\"features\":[{Of("\"f\",", n / 4)}\"a\"]}}"),
        ["preparation"] = Train(
            n => $"{{\"datasetId\":\"x\",\"target\":\"y\",\"preparation\":{{{Each(n / 24, i => $"\"f{i}\":{{\"as\":\"number\"}},")}\"a\":{{}}}}}}"),
        ["strengths of a path"] = Train(n => $"{{\"datasetId\":\"x\",\"target\":\"y\",\"path\":{{\"cs\":[{Each(n / 8, i => $"{i},")}1]}}}}"),
        ["names of models"] = Train(n => $"{{\"datasetId\":\"x\",\"target\":\"y\",\"modelName\":\"{Of("x", n)}\"}}"),

        ["gzip members"] = (_, n) => Unpack(Repeated(SampleFiles.Gzip("x"u8.ToArray()), n), ContentCoding.Gzip),
        ["empty gzip members"] = (_, n) => Unpack(Repeated(EmptyMember, n), ContentCoding.Gzip),
        ["zstd frames"] = (_, n) => Unpack(Repeated(SampleFiles.Zstd("x"u8.ToArray()), n), ContentCoding.Zstd),
        ["zstd frames to skip"] = (_, n) => Unpack([.. Repeated([0x50, 0x2A, 0x4D, 0x18, 0, 0, 0, 0], n), .. SampleFiles.Zstd("x"u8.ToArray())],
            ContentCoding.Zstd),
        ["zeros in gzip"] = (_, n) => Unpack(SampleFiles.Gzip(new byte[16 * n]), ContentCoding.Gzip),
        ["zeros in zstd"] = (_, n) => Unpack(SampleFiles.Zstd(new byte[16 * n]), ContentCoding.Zstd),

        ["parts of a form"] = Form(n => Of("--b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\nv\r\n", n / 56) + "--b--"),
        ["a part of almost boundaries"] = Form(n => "--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n" + Of("\r\n--", n / 4) + "\r\n--b--"),
        ["a long boundary almost"] = Form(n => $"--{Of("b", 70)}\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n\r\n--" + Of("b", n), Of("b", 70)),
        ["types of columns"] = (_, n) => Query(types: Each(n / 12, i => $"c{i}:number,") + "y:text"),
        ["a type of no column"] = (_, n) => Query(types: Of("a:", n / 2)),
    };

    public static TheoryData<string> Names => [.. Shapes.Keys, .. Charsets.Select(charset => $"charset {charset}")];

    private static readonly string[] Charsets =
        ["utf-8", "utf-16le", "utf-16be", "utf-32", "windows-1252", "shift_jis", "euc-jp", "iso-2022-jp", "euc-kr", "big5", "gb18030"];

    [Theory]
    [MemberData(nameof(Names))]
    public void TwiceTheBodyTakesTwiceTheTime(string name)
    {
        if (Shapes.TryGetValue(name, out var shape))
        {
            var isQuery = name.Contains("type", StringComparison.Ordinal);
            Effort.ShouldGrowLikeItsInput(size => shape(target, size), isQuery ? 256 : 1 << 14, isQuery ? 1 << 15 : Most, Enough, Little);
            return;
        }

        // Bytes of every kind, and bytes that are invalid in every charset.
        Func<int, byte[]>[] texts = [n => Random(n, 7), n => Repeated([0xFF], n), n => Repeated([0x1B], n), n => Repeated([(byte)'\n'], n)];
        foreach (var bytes in texts)
            Effort.ShouldGrowLikeItsInput(size => Transcode(bytes(size), name["charset ".Length..]), 1 << 14, Most, Enough, Little);
    }

    private static Func<Target, int, Action> Body<T>(Func<int, string> json)
        where T : class => (target, n) => Read<T>(target, Encoding.UTF8.GetBytes(json(n)), "application/json");

    private static Func<Target, int, Action> Train(Func<int, string> json) => (target, n) =>
    {
        var body = Encoding.UTF8.GetBytes(json(n));
        return () => target.Read<TrainingRequest>(body, "application/json", request => target.Validator.Validate(request));
    };

    private static Func<Target, int, Action> Predict(Func<int, string> json) => (target, n) =>
    {
        var body = Encoding.UTF8.GetBytes(json(n));
        return () => target.Read<PredictWithModelRequest>(body, "application/json", request => PredictWithModel.Predict(request, target.Model, int.MaxValue));
    };

    private static Action Read<T>(Target target, byte[] body, string mediaType)
        where T : class => () => target.Read<T>(body, mediaType, _ => { });

    private static Action Unpack(byte[] packed, ContentCoding coding) => () => Drain(new Decompression(new MemoryStream(packed), coding, long.MaxValue, ""));

    private static Action Transcode(byte[] text, string label) => () =>
    {
        Charset.TryRead(label, out var charset, out _).ShouldBeTrue();
        try
        {
            Drain(new Utf8Transcoding(new MemoryStream(text), charset));
        }
        catch (InvalidTextException)
        {
            // The time of a refusal counts, too.
        }
    };

    private static Func<Target, int, Action> Form(Func<int, string> form, string boundary = "b") => (_, n) =>
    {
        var body = Encoding.UTF8.GetBytes(form(n));
        return () =>
        {
            var request = new DefaultHttpContext().Request;
            request.HttpContext.SetEndpoint(Repeating);
            request.ContentType = $"multipart/form-data; boundary={boundary}";
            var content = Done(UploadBody.OpenAsync(request, new MemoryStream(body), null, null, body.Length, TestContext.Current.CancellationToken));
            try
            {
                Drain(content.Content);
            }
            catch (Exception e) when (UploadForm.IsMalformed(e))
            {
                // The time of a refusal counts, too.
            }
        };
    };

    /// <summary>The endpoint of a route whose parameter <c>x</c> may be repeated.</summary>
    private static readonly Endpoint Repeating = new(
        requestDelegate: null, new(new QueryNames(new Dictionary<string, bool> { ["x"] = true }.ToFrozenDictionary(), body: null)), displayName: null);

    private static Action Query(string types) => () => new DatasetUploadQuery(null, null, null, null, null, null, [types]).TryRead(out _, out _, out _);

    private static void Drain(Stream stream)
    {
        var buffer = new byte[64 * 1024];
        while (Done(stream.ReadAsync(buffer, TestContext.Current.CancellationToken).AsTask()) > 0)
        {
        }
    }

    /// <summary>The result of a task that is already complete: reading from memory never waits, so this thread does all the work.</summary>
    private static T Done<T>(Task<T> task) =>
        task.IsCompleted ? task.GetAwaiter().GetResult() : throw new InvalidOperationException("Another thread does the work.");

    private static byte[] Random(int count, int seed)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static byte[] Repeated(byte[] bytes, int length) => [.. Enumerable.Repeat(bytes, Math.Max(1, length / bytes.Length)).SelectMany(one => one)];

    private static string Of(string text, int count) => string.Concat(Enumerable.Repeat(text, count));

    private static string Each(int count, Func<int, FormattableString> text) =>
        string.Concat(Enumerable.Range(0, count).Select(i => text(i).ToString(CultureInfo.InvariantCulture)));

    /// <summary>Reads and uses a body, without a server or a store.</summary>
    public sealed class Target : IAsyncDisposable
    {
        private readonly WebApplication _application;

        public Target()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.AddHttpConventions();
            _application = builder.Build();

            var rows = new FeatureTable(4, [new("a", null), new("b", new([0, 1, 0, 1], ["x", "z"]))], DesignMatrix.FromRows([1, 2, 3, 4], 4, 1));
            var training = LogisticTrainer.Train(rows, [new(), new()], [0, 1, 1, 0], new(), new FitControl(), TestContext.Current.CancellationToken);
            ColumnProfile[] columns = [new("a", ColumnType.Number, 0, 4), new("b", ColumnType.Category, 0, 2)];
            Model = new("m", 1, "y", TrainedModel.From(new([new(0), new(1)], training), ["a", "b"], columns, ".", [], maxCovarianceParameters: 0));
        }

        internal ServedModel Model { get; }

        internal TrainingRequestValidator Validator { get; } = new(Options.Create(new TrainingOptions()));

        public ValueTask DisposeAsync() => _application.DisposeAsync();

        /// <summary>Reads a body as an endpoint does, and uses it if it is valid.</summary>
        internal void Read<T>(byte[] body, string mediaType, Action<T> use)
            where T : class
        {
            var context = new DefaultHttpContext { RequestServices = _application.Services };
            context.Request.ContentType = mediaType;
            context.Request.ContentLength = body.Length;
            context.Request.Body = new MemoryStream(body);
            var read = Done(JsonBody<T>.BindAsync(context, typeof(string).GetMethod(nameof(string.Insert))!.GetParameters()[0]).AsTask());
            if (read.Failure is null)
                use(read.Value);
        }
    }
}
