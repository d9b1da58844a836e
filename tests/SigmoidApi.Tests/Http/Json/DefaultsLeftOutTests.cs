using System.Text.Json;
using System.Text.Json.Serialization;
using SigmoidApi.Tables;

namespace SigmoidApi.Tests.Http.Json;

public sealed class DefaultsLeftOutTests
{
    [Fact]
    public void MembersWithTheirDefaultAreLeftOut()
    {
        Write(new Marked("a")).ShouldBe("""{"name":"a","always":null}""");
    }

    [Fact]
    public void OtherValuesAreWritten()
    {
        Write(new Marked("a", 0, IsRare: true, Header: false, Always: 1)).ShouldBe("""{"name":"a","count":0,"isRare":true,"header":false,"always":1}""");
    }

    [Fact]
    public void NullsOfOtherTypesAreWritten()
    {
        Write(new Unmarked()).ShouldBe("""{"count":null}""");
    }

    [Fact]
    public void MemberLeftOutIsReadAsItsDefault()
    {
        JsonReading.Read<Marked>("""{"name":"a"}""").ShouldBe(new Marked("a"));
    }

    private static string Write<T>(T value) => JsonSerializer.Serialize(value, JsonReading.Options());

    [DefaultsLeftOut]
    private sealed record Marked(
        string Name,
        long? Count = null,
        bool IsRare = false,
        bool? Header = null,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] int? Always = null);

    private sealed record Unmarked(long? Count = null);
}
