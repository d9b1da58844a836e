using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using SigmoidApi.OpenApi;

namespace SigmoidApi.Tests.OpenApi;

public sealed class OptionsTests(TestApplication application) : IClassFixture<TestApplication>
{
    /// <summary>What each setting of text must not be; a new one is added here with its rule.</summary>
    private static readonly Dictionary<string, string> WrongTexts = new(StringComparer.Ordinal)
    {
        ["Http:PathBase"] = "sigmoid",
        ["Http:KnownProxies"] = "10.0.0.1;proxy.example",
        ["Http:CorsOrigins"] = "https://app.example;*",
        ["Http:AllowedHosts"] = "api.example;http://api.example",
        ["Storage:Directory"] = "",
    };

    private static readonly DocComments Comments = new(typeof(Program).Assembly);

    public static TheoryData<string> Settings => [.. ServiceSettings.All.Select(KeyOf)];

    public static TheoryData<string> Classes => [.. ServiceSettings.All.Select(setting => setting.Property.DeclaringType!.Name).Distinct()];

    [Theory]
    [MemberData(nameof(Settings))]
    public void SettingHasADescription(string key) => Comments.Of(Find(key).Property).ShouldNotBeNullOrWhiteSpace();

    [Theory]
    [MemberData(nameof(Settings))]
    public void WrongValueOfASettingIsRefusedByItsName(string key)
    {
        var (section, property) = Find(key);

        foreach (var value in WrongValues(key, property))
            Should.Throw<Exception>(() => Read(section, property, value), $"{key}={value}").Message.ShouldContain(property.Name, Case.Sensitive, $"{key}={value}");
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void DefaultOfASettingIsTaken(string key)
    {
        var (section, property) = Find(key);

        Should.NotThrow(() => Read(section, property, value: null));
    }

    /// <summary>Every number has a range, so that no size, time or count is without a bound.</summary>
    [Fact]
    public void EveryNumberHasARange() =>
        ServiceSettings.All.Where(setting => IsNumber(setting.Property) && setting.Property.GetCustomAttribute<RangeAttribute>() is null).Select(KeyOf).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Classes))]
    public async Task StartReadsEachSection(string options)
    {
        var (section, property) = ServiceSettings.All.First(setting => setting.Property.DeclaringType!.Name == options && IsNumber(setting.Property));
        await using var wrong = new ServiceProcess { Settings = { [$"{section}:{property.Name}"] = "-1" } };

        (await wrong.StartInVain()).ShouldNotBe(0);

        wrong.Log.ShouldContain(line => line.Contains(property.Name, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Training:MemoryLimitMegabytes", "63", "TrainingOptions", "MemoryLimitMegabytes")]
    [InlineData("Limits:DrainSeconds", "11", "DrainSeconds", "StopSeconds")]
    [InlineData("Training:PollMilliseconds", "501", "PollMilliseconds", "LeaseSeconds")]
    [InlineData("Training:LeaseSeconds", "1", "PollMilliseconds", "LeaseSeconds")]
    [InlineData("Datasets:MaxHeaderBytes", "2097153", "MaxHeaderBytes", "MaxLineBytes")]
    [InlineData("Datasets:MaxLineBytes", "1048575", "MaxHeaderBytes", "MaxLineBytes")]
    [InlineData("AllowedHosts", "api.example;http://api.example", "HttpOptions", "AllowedHosts")]
    [InlineData("AllowedHosts", "api.example:8080", "HttpOptions", "AllowedHosts")]
    [InlineData("Storage:Provider", "MySql", "Storage", "Provider")]
    public async Task OptionThatDoesNotFitEndsTheStartWithItsName(string key, string value, string options, string name)
    {
        await using var wrong = new TestApplication { Settings = { [key] = value, ["Serilog:MinimumLevel"] = "Fatal" } };

        var refusal = Should.Throw<Exception>(() => wrong.Api);

        refusal.Message.ShouldContain(options);
        refusal.Message.ShouldContain(name);
    }

    [Theory]
    [InlineData("Storage:Directory", "", "StorageOptions", "Directory")]
    [InlineData("Storage:CheckSeconds", "-1", "StorageOptions", "CheckSeconds")]
    [InlineData("Limits:MaxValues", "0", "LimitOptions", "MaxValues")]
    [InlineData("Http:PathBase", "sigmoid", "HttpOptions", "PathBase")]
    public async Task ProcessWithAWrongOptionEndsAndItsLogSaysWhich(string key, string value, string options, string name)
    {
        await using var service = new ServiceProcess { Settings = { [key] = value } };

        (await service.StartInVain()).ShouldNotBe(0);

        service.Log.ShouldContain(line => line.Contains(options, StringComparison.Ordinal) && line.Contains($"'{name}'", StringComparison.Ordinal));
    }

    private static string KeyOf((string Section, PropertyInfo Property) setting) => $"{setting.Section}:{setting.Property.Name}";

    private static (string Section, PropertyInfo Property) Find(string key) => ServiceSettings.All.Single(setting => KeyOf(setting) == key);

    private static bool IsNumber(PropertyInfo property) => property.PropertyType.IsPrimitive && property.PropertyType != typeof(bool);

    private static IEnumerable<string> WrongValues(string key, PropertyInfo property)
    {
        if (property.PropertyType == typeof(string))
        {
            yield return WrongTexts[key];
            yield break;
        }

        yield return "another";
        if (property.PropertyType.IsEnum)
            yield return "17";
        if (property.GetCustomAttribute<RangeAttribute>() is not { } range)
            yield break;
        var (minimum, maximum) = (Convert.ToDouble(range.Minimum, CultureInfo.InvariantCulture), Convert.ToDouble(range.Maximum, CultureInfo.InvariantCulture));
        yield return (minimum - 1).ToString("F3", CultureInfo.InvariantCulture).Replace(".000", "", StringComparison.Ordinal);
        // Beyond what its type holds where the range goes as far.
        yield return (maximum * 2 + 1).ToString("F0", CultureInfo.InvariantCulture);
    }

    /// <summary>Reads a section that has one setting, by the service's own rules.</summary>
    private object? Read(string section, PropertyInfo property, string? value) =>
        typeof(OptionsTests).GetMethod(nameof(ReadSection), BindingFlags.NonPublic | BindingFlags.Instance)!.MakeGenericMethod(property.DeclaringType!)
            .Invoke(this, BindingFlags.DoNotWrapExceptions, binder: null, [section, property.Name, value], culture: null);

    private T ReadSection<T>(string section, string name, string? value)
        where T : class
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(value is null ? [] : [new($"{section}:{name}", value)]).Build();
        var rules = application.Services.GetServices<IValidateOptions<T>>().ToArray();
        rules.ShouldNotBeEmpty();
        return new OptionsFactory<T>([new ConfigureOptions<T>(options => configuration.GetSection(section).Bind(options))], [], rules).Create(Options.DefaultName);
    }
}
