using System.Text.Json;
using SigmoidApi.Http.Json;

namespace SigmoidApi.Tests.Http.Json;

public sealed class NumberArrayTests
{
    [Theory]
    [InlineData("3.5", "", "3.5")]
    [InlineData("[]", "0", "")]
    [InlineData(" [ 1 ,\t-2.5e1\r\n, \"NaN\" , \"-Infinity\",\"Infinity\" ] ", "5", "1 -25 NaN -Infinity Infinity")]
    [InlineData("[[1,2,3],[4,5,6]]", "2 3", "1 2 3 4 5 6")]
    [InlineData("[ [ ], [ ] ]", "2 0", "")]
    [InlineData("[[[1],[2]],[[3],[4]],[[5],[6]]]", "3 2 1", "1 2 3 4 5 6")]
    [InlineData("[[[],[]]]", "1 2 0", "")]
    [InlineData("[[[[[[[[7]]]]]]]]", "1 1 1 1 1 1 1 1", "7")]
    [InlineData("\"NaN\"", "", "NaN")]
    public void TensorHasTheShapeOfTheArrays(string json, string shape, string values)
    {
        using var tensor = JsonReading.Read<Tensor>(json);
        string.Join(' ', tensor.Shape.ToArray()).ShouldBe(shape);
        string.Join(' ', tensor.Values.ToArray()).ShouldBe(values);
        using var fromString = JsonSerializer.Deserialize<Tensor>(json, JsonReading.Options())!;
        fromString.Shape.ToArray().ShouldBe(tensor.Shape.ToArray());
        fromString.Values.ToArray().ShouldBe(tensor.Values.ToArray());
    }

    [Theory]
    [InlineData("[1,null]", "400 [1]: expected a number, got null")]
    [InlineData("[[1,2],[3,true]]", "400 [1][1]: expected a number, got true")]
    [InlineData("[[1,2],[3,\"x\"]]", "400 [1][1]: expected a number, got a string")]
    [InlineData("[[1,2],[3,{}]]", "400 [1][1]: expected a number, got an object")]
    [InlineData("[1,[2]]", "400 [1]: expected a number, got an array")]
    [InlineData("[[1],2]", "400 [1]: expected an array, got a number")]
    [InlineData("[[1,2],[3]]", "400 [1]: expected 2 values, as in the first row, got 1")]
    [InlineData("[[1,2],[3,4,5]]", "400 [1]: expected 2 values, as in the first row, got 3")]
    [InlineData("[[[1],[2]],[[3]]]", "400 [1]: expected 2 values, as in the first row, got 1")]
    [InlineData("[[],[1]]", "400 [1]: expected 0 values, as in the first row, got 1")]
    [InlineData("[[],[[1]]]", "400 [1][0]: expected a number, got an array")]
    [InlineData("[[[1]],[]]", "400 [1]: expected 1 values, as in the first row, got 0")]
    [InlineData("[1e999]", "400 [0]: 1e999 is beyond the range of a float64")]
    [InlineData("-1e999", "400 : -1e999 is beyond the range of a float64")]
    [InlineData("[1,2,3,4,5,6,7]", "413 [6]: expected at most 6 values, got more (Limits:MaxValues)")]
    [InlineData("[[1,2],[3,4],[5,6],[7,8]]", "413 [3][0]: expected at most 6 values, got more (Limits:MaxValues)")]
    [InlineData("[[[[[[[1]]]]]]]", "400 [0][0][0][0][0]: expected at most 5 arrays within each other, got more")]
    [InlineData("{}", "400 : expected a number or an array of numbers, got an object")]
    public void InvalidTensorIsReportedWithItsPath(string json, string failure)
    {
        JsonReading.Failure<Tensor>(json, new JsonLimits(MaxValues: 6, MaxDepth: 5)).ShouldBe(failure);
    }

    [Theory]
    [InlineData("[1,2", "400 : malformed JSON at line 1, byte 5: ")]
    [InlineData("[1,]", "400 : malformed JSON at line 1, byte 4: ")]
    [InlineData("[,1]", "400 : malformed JSON at line 1, byte 2: ")]
    [InlineData("[1\n2]", "400 : malformed JSON at line 2, byte 1: ")]
    [InlineData("[01]", "400 : malformed JSON at line 1, byte 3: ")]
    [InlineData("[1.]", "400 : malformed JSON at line 1, byte 4: ")]
    [InlineData("[.5]", "400 : malformed JSON at line 1, byte 2: ")]
    [InlineData("[+5]", "400 : malformed JSON at line 1, byte 2: ")]
    [InlineData("[1e]", "400 : malformed JSON at line 1, byte 4: ")]
    [InlineData("[-]", "400 : malformed JSON at line 1, byte 3: ")]
    [InlineData("[NaN]", "400 : malformed JSON at line 1, byte 2: ")]
    [InlineData("[1]]", "400 : malformed JSON at line 1, byte 4: ")]
    [InlineData("[1] 2", "400 : malformed JSON at line 1, byte 5: ")]
    [InlineData("[[1],\n[2]", "400 : malformed JSON at line 2, byte 4: ")]
    [InlineData("[tru]", "400 : malformed JSON at line 1, byte 5: ")]
    [InlineData("[[1 , ]]", "400 : malformed JSON at line 1, byte 7: ")]
    [InlineData("[[1],]", "400 : malformed JSON at line 1, byte 6: ")]
    public void MalformedArrayIsReportedWithLineAndByte(string json, string failure)
    {
        JsonReading.Failure<Tensor>(json).ShouldStartWith(failure);
    }

    [Theory]
    [InlineData("[]", 0, 0)]
    [InlineData("[[]]", 1, 0)]
    [InlineData("[[1,2,3],[4,5,6]]", 2, 3)]
    public void MatrixHasRowsAndColumns(string json, int rows, int columns)
    {
        using var matrix = JsonReading.Read<Matrix>(json);
        (matrix.Rows, matrix.Columns).ShouldBe((rows, columns));
    }

    [Theory]
    [InlineData("[1]", "400 [0]: expected an array, got a number")]
    [InlineData("[[[1]]]", "400 [0][0]: expected a number, got an array")]
    [InlineData("[[1],[1,2]]", "400 [1]: expected 1 values, as in the first row, got 2")]
    [InlineData("[[1],[]]", "400 [1]: expected 1 values, as in the first row, got 0")]
    [InlineData("1", "400 : expected an array of arrays of numbers, got a number")]
    public void InvalidMatrixIsReportedWithItsPath(string json, string failure)
    {
        JsonReading.Failure<Matrix>(json).ShouldBe(failure);
    }

    [Fact]
    public void VectorIsAnArray()
    {
        JsonReading.Read<double[]>("[1,2.5,\"NaN\"]").ShouldBe([1, 2.5, double.NaN]);
        JsonReading.Failure<double[]>("[[1]]").ShouldBe("400 [0]: expected a number, got an array");
    }

    [Theory]
    [InlineData("3.5")]
    [InlineData("[]")]
    [InlineData("[[],[]]")]
    [InlineData("[1,-0,1E-05,1E+17,0.1,\"NaN\",\"-Infinity\",\"Infinity\"]")]
    [InlineData("[[[1,2],[3,4]],[[5,6],[7,8]]]")]
    public void WrittenTensorEqualsItsInput(string json)
    {
        using var tensor = JsonReading.Read<Tensor>(json);
        JsonSerializer.Serialize(tensor, JsonReading.Options()).ShouldBe(json);
    }

    [Fact]
    public void ArrayLongerThanTheWritersBufferIsWrittenWhole()
    {
        double[] values = [.. Enumerable.Range(0, 100_000).Select(i => i / 7.0)];
        using var tensor = Tensor.Of(values, 2, 50_000);
        using var back = JsonReading.Read<Tensor>(JsonSerializer.Serialize(tensor, JsonReading.Options()));
        back.Shape.ToArray().ShouldBe([2, 50_000]);
        back.Values.SequenceEqual(values).ShouldBeTrue();
    }

    [Fact]
    public void DisposedTextReturnsAllItsNumbers()
    {
        var text = new JsonText("""{"a":[1],"b":[2]}"""u8.ToArray());
        var tensors = JsonReading.Read<Dictionary<string, Tensor>>(text);
        text.Dispose();
        Should.Throw<ObjectDisposedException>(() => tensors["a"].Memory);
        Should.Throw<ObjectDisposedException>(() => tensors["b"].Memory);
    }

    [Fact]
    public void DisposedNumbersCannotBeRead()
    {
        var tensor = JsonReading.Read<Tensor>("[1]");
        tensor.Dispose();
        tensor.Dispose();
        Should.Throw<ObjectDisposedException>(() => tensor.Memory);
    }
}
