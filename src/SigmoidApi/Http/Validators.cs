using FluentValidation;

namespace SigmoidApi.Http;

/// <summary>
/// The service's validators, by the type that they validate. They are searched for at the first request that needs one: reading all types of the assembly would
/// delay the start.
/// </summary>
internal sealed class Validators(IServiceProvider services)
{
    private readonly Lazy<Dictionary<Type, Type>> _types = new(() => AssemblyScanner
        .FindValidatorsInAssembly(typeof(Validators).Assembly, includeInternalTypes: true)
        .ToDictionary(found => found.InterfaceType.GenericTypeArguments[0], found => found.ValidatorType));

    /// <summary>Creates the validator of a type; null where it has none.</summary>
    public IValidator? Create(Type type) =>
        _types.Value.TryGetValue(type, out var validator) ? (IValidator)ActivatorUtilities.CreateInstance(services, validator) : null;
}
