namespace SigmoidApi.Tables.Cells;

/// <summary>How the quantities of a column are written, to decide whether they can be numbers of one kind.</summary>
internal struct QuantityStyles
{
    private long _percents;
    private long _bare;
    private long _keys;
    private int _currency;
    private int _keyGroups;
    private bool _hasSeveralCurrencies;
    private bool _hasIndian;
    private bool _hasLargeThrees;

    public void Add(in WrittenNumber number, bool hasFraction)
    {
        _percents += number.IsPercent ? 1 : 0;
        _bare += number.IsBareInParentheses ? 1 : 0;
        if (number.Currency != 0)
        {
            _hasSeveralCurrencies |= _currency != 0 && _currency != number.Currency;
            _currency = number.Currency;
        }

        _hasIndian |= number.Thousands == WrittenThousands.Indian;
        _hasLargeThrees |= number.Thousands == WrittenThousands.Threes && (number.Groups > 1 || number.FirstGroup == 3);
        if (number.Thousands != WrittenThousands.Blanks || number.Currency != 0 || number.IsPercent || hasFraction)
            return;
        if (number.HasPlus)
        {
            _keys++;
        }
        else if (number.FirstGroup == 3 && (_keyGroups == 0 || _keyGroups == number.Groups))
        {
            _keyGroups = number.Groups;
            _keys++;
        }
    }

    /// <summary>
    /// Whether the values should stay texts although each can be read as a number: percents mixed with numbers, amounts of two currencies, or thousands
    /// written in two ways; or only digits in parentheses, such as list numbers; or only equal groups of three digits with blanks between them, such as keys
    /// and telephone numbers: <c>555 123</c>, <c>+49 123 456</c>.
    /// </summary>
    /// <param name="numbers">The number of values, plain numbers included.</param>
    public readonly bool AreMixed(long numbers) =>
        (_percents > 0 && _percents < numbers)
        || _hasSeveralCurrencies
        || (_hasIndian && _hasLargeThrees)
        || (numbers > 0 && (_bare == numbers || _keys == numbers));
}
