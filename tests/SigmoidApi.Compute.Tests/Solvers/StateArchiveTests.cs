using CsCheck;
using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.Compute.Tests.Solvers;

public class StateArchiveTests
{
    [Fact]
    public void ALoadedStateIsTheSavedState() => Gen.Select(Gen.Int, Gen.Bool, Gen.Double, Gen.Double.Array[0, 5], Gen.Int.Array[0, 5], Gen.String)
        .Sample((integer, flag, number, numbers, integers, text) =>
        {
            var written = new StateArchive();
            SaveOrLoad(written, integer, flag, number, numbers, integers, text);

            SaveOrLoad(new StateArchive(written.Written.ToArray()), 0, false, 0, [], [], "").ShouldBe(Words(integer, flag, number, numbers, integers, text));
        });

    [Fact]
    public void WordsAreLittleEndian()
    {
        var archive = new StateArchive();

        archive.Integer(-2);
        archive.Numbers([1]);

        archive.Written.ToArray().ShouldBe([0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F]);
    }

    private static string SaveOrLoad(StateArchive archive, int integer, bool flag, double number, double[] numbers, int[] integers, string text) =>
        Words(archive.Integer(integer), archive.Flag(flag), archive.Number(number), archive.Numbers(numbers), archive.Integers(integers), archive.Text(text));

    private static string Words(int integer, bool flag, double number, double[] numbers, int[] integers, string text) =>
        $"{integer} {flag} {BitConverter.DoubleToInt64Bits(number)} [{string.Join(',', numbers.Select(BitConverter.DoubleToInt64Bits))}] "
        + $"[{string.Join(',', integers)}] {text}";
}
