using System.Reflection;
using SigmoidApi.Tables.Sources;

namespace SigmoidApi.Tests;

/// <summary>All options that a section of the configuration sets.</summary>
internal static class ServiceSettings
{
    public static IEnumerable<(string Section, PropertyInfo Property)> All { get; } =
    [
        .. from assembly in new[] { typeof(Program).Assembly, typeof(DatasetOptions).Assembly }
           from type in assembly.GetTypes()
           let section = type.GetField("Section", BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static)
           where section?.IsLiteral == true
           from property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
           where property.SetMethod?.IsPublic == true
           select ((string)section.GetRawConstantValue()!, property),
    ];
}
