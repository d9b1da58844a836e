using System.Globalization;
using System.Text;
using CsCheck;
using SigmoidApi.Tables;
using SigmoidApi.Tables.Cells;

namespace SigmoidApi.Tests.Tables.Cells;

/// <summary>Dates in every written form are read back unchanged.</summary>
public sealed class WrittenDateTests
{
    private static readonly Gen<DateTime> Moments = Gen.Long[0, new DateTime(9999, 12, 31, 0, 0, 0, DateTimeKind.Utc).Ticks / TimeSpan.TicksPerSecond]
        .Select(seconds => new DateTime(seconds * TimeSpan.TicksPerSecond, DateTimeKind.Utc)).Where(time => time.Year >= 1000);

    [Theory]
    [InlineData("yyyy-MM-dd", null)]
    [InlineData("yyyy-M-d", null)]
    [InlineData("yyyy/M/d", null)]
    [InlineData("yyyy.MM.dd", null)]
    [InlineData("yyyy'. 'M'. 'd'.'", null)]
    [InlineData("yyyy'년 'M'월 'd'일'", null)]
    [InlineData("yyyy'年'M'月'd'日'", null)]
    [InlineData("d.M.yyyy", null)]
    [InlineData("dd-MMM-yyyy", null)]
    [InlineData("d MMMM yyyy", null)]
    [InlineData("MMM d, yyyy", null)]
    [InlineData("ddd, dd MMM yyyy", null)]
    [InlineData("dddd, MMMM d, yyyy", null)]
    [InlineData("dd/MM/yyyy", DateOrder.Dmy)]
    [InlineData("M/d/yyyy", DateOrder.Mdy)]
    [InlineData("d-M-yyyy", DateOrder.Dmy)]
    [InlineData("MM-dd-yyyy", DateOrder.Mdy)]
    public void AnyDateIsReadInEachForm(string form, DateOrder? order)
    {
        string[] times = ["", " H:mm", " HH:mm:ss", " h:mm:ss tt", " HH:mm:ss'+0130'", " HH:mm:ss 'UTC'"];
        Gen.Select(Moments, Gen.OneOf(times)).Sample((moment, time) =>
        {
            var text = moment.ToString(form + time, CultureInfo.InvariantCulture);
            var expected = time.Length == 0 ? moment.Date : time.Contains("ss", StringComparison.Ordinal) ? moment : moment.AddSeconds(-moment.Second);
            if (time.Contains('+', StringComparison.Ordinal))
                expected = expected.AddMinutes(-90);

            var date = WrittenDate.Of(Encoding.UTF8.GetBytes(text), order);

            date.Kind.ShouldBe(time.Length == 0 ? WrittenDateKind.Date : WrittenDateKind.Time, text);
            date.Microseconds.ShouldBe((expected - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond, text);
        });
    }

    [Theory]
    [InlineData("01/31/2024", DateOrders.Mdy)]
    [InlineData("31/01/2024", DateOrders.Dmy)]
    [InlineData("01/02/2024 12:00", DateOrders.Dmy | DateOrders.Mdy)]
    [InlineData("24-11-05", DateOrders.Dmy | DateOrders.Ymd)]
    [InlineData("01.02.03", DateOrders.Dmy | DateOrders.Mdy | DateOrders.Ymd)]
    [InlineData("32/13/2024", DateOrders.None)]
    [InlineData("1.2.10", DateOrders.None)]
    [InlineData("24. 1. 5.", DateOrders.Ymd)]
    [InlineData("31. 12. 05", DateOrders.Dmy | DateOrders.Ymd)]
    [InlineData("1-2-3", DateOrders.None)]
    [InlineData("2024-01-31", DateOrders.None)]
    [InlineData("31-Jan-24", DateOrders.None)]
    public void AmbiguousDateListsItsPossibleOrders(string text, object orders) =>
        WrittenDate.Of(Encoding.UTF8.GetBytes(text), order: null).Orders.ShouldBe((DateOrders)orders);

    [Theory]
    [InlineData(DateOrder.Dmy, "31/01/2024", "01/31/2024")]
    [InlineData(DateOrder.Mdy, "01/31/2024", "31/01/2024")]
    public void DatesAreReadOnlyInTheKnownOrder(DateOrder order, string taken, string refused)
    {
        Type(taken).ShouldBe(StoredType.Date);
        var errors = Should.Throw<InvalidDatasetException>(() => Type(refused)).Errors;
        errors.ShouldHaveSingleItem().Line.ShouldBe(7);
        errors[0].Message.ShouldEndWith($"got '{refused}'");

        StoredType Type(string cell)
        {
            var column = new WrittenColumn("day", new('.', order));
            column.AddText(Encoding.UTF8.GetBytes(cell), line: 7);
            var mistakes = new WrittenMistakes();
            var type = column.Type(ColumnType.DateTime, mistakes);
            mistakes.ThrowIfAny();
            return type;
        }
    }
}
