using AspireFed.Contracts.Randomness;
using AspireFed.Contracts.Specs;
using AspireFed.Imaging.Pixels;

namespace AspireFed.Imaging.Augmenting;

/// <summary>
/// The way from a decoded picture to the square that a model sees, as the reference has it for each kind of data set and phase. All
/// chance comes from the stream that is passed in. Safe for several threads.
/// </summary>
public sealed class Augmentation
{
    private const double GrayProbability = 0.2;

    private readonly IReadOnlyList<IImageOperation> _operations;
    private readonly RandomResizedCrop? _patchCrop;
    private readonly int? _tokenImageSize;

    private Augmentation(params IReadOnlyList<IImageOperation> operations) => _operations = operations;

    private Augmentation(IReadOnlyList<IImageOperation> operations, RandomResizedCrop patchCrop, int tokenImageSize) =>
        (_operations, _patchCrop, _tokenImageSize) = (operations, patchCrop, tokenImageSize);

    /// <summary>In order; BEiT's crop follows them.</summary>
    internal IReadOnlyList<IImageOperation> Operations => _operations;

    /// <summary>BEiT's crop, which makes two pictures.</summary>
    internal RandomResizedCrop? PatchCrop => _patchCrop;

    /// <summary>
    /// For masked image modelling. Without <paramref name="tokenImageSize"/> MAE's pipeline, which is applied by <see cref="Apply"/>; with
    /// it BEiT's, which is applied by <see cref="ApplyPair"/>.
    /// </summary>
    public static Augmentation ForPretraining(AugmentationPreset preset, int imageSize, int? tokenImageSize = null)
    {
        var crop = new RandomResizedCrop(imageSize, ResampleFilter.Bicubic, new(preset == AugmentationPreset.CovidFl ? 0.4 : 0.2, 1.0));
        return tokenImageSize is { } tokenSize
            ? new(BeforeTwoCrops(preset), crop, tokenSize)
            : new([crop, .. AfterCrop(preset)]);
    }

    /// <summary>For training the classifier.</summary>
    public static Augmentation ForFinetuning(AugmentationPreset preset, int imageSize)
    {
        var scale = preset == AugmentationPreset.CovidFl ? new Interval(0.8, 1.2) : new(0.6, 1.0);
        var crop = new RandomResizedCrop(imageSize, ResampleFilter.Bilinear, scale);
        return preset == AugmentationPreset.CropFlip
            ? new(crop, new RandomHorizontalFlip())
            : new(crop, new RandomRotation(10), new RandomHorizontalFlip());
    }

    /// <summary>For evaluation; nothing is random.</summary>
    public static Augmentation ForTest(int imageSize) => new(new CenterView(imageSize));

    /// <summary>The picture as the model sees it, [imageSize, imageSize].</summary>
    public RgbImage Apply(RgbImage image, RandomStream random)
    {
        if (_patchCrop is not null)
            throw new InvalidOperationException("This augmentation makes two pictures at once: use ApplyPair.");
        return ApplyAll(image, random);
    }

    /// <summary>
    /// BEiT's two pictures of one box: for the model, [imageSize, imageSize], bicubic; for the tokenizer, [tokenImageSize, tokenImageSize],
    /// Lanczos.
    /// </summary>
    public (RgbImage Patches, RgbImage Tokens) ApplyPair(RgbImage image, RandomStream random)
    {
        if (_patchCrop is null || _tokenImageSize is not { } tokenSize)
            throw new InvalidOperationException("This augmentation makes one picture: use Apply.");
        image = ApplyAll(image, random);
        var box = _patchCrop.Draw(image.Width, image.Height, random);
        return (
            Resample.Resize(image, box, _patchCrop.Size, _patchCrop.Size, _patchCrop.Filter),
            Resample.Resize(image, box, tokenSize, tokenSize, ResampleFilter.Lanczos));
    }

    private RgbImage ApplyAll(RgbImage image, RandomStream random)
    {
        foreach (var operation in _operations)
            image = operation.Apply(image, random);
        return image;
    }

    private static IReadOnlyList<IImageOperation> BeforeTwoCrops(AugmentationPreset preset) => preset switch
    {
        AugmentationPreset.Retina => [new RandomGrayscale(GrayProbability), ColorJitter.OfStrength(0.4), new RandomHorizontalFlip()],
        AugmentationPreset.CovidFl => [SlightTint, new RandomHorizontalFlip()],
        AugmentationPreset.Derm => [ColorJitter.OfStrength(0.4), new RandomHorizontalFlip()],
        AugmentationPreset.CropFlip => [new RandomHorizontalFlip()],
        _ => throw new ArgumentOutOfRangeException(nameof(preset), preset, null),
    };

    private static IReadOnlyList<IImageOperation> AfterCrop(AugmentationPreset preset) => preset switch
    {
        AugmentationPreset.Retina => [new RandomGrayscale(GrayProbability), ColorJitter.OfStrength(0.4), new RandomHorizontalFlip()],
        AugmentationPreset.CovidFl => [SlightTint, new RandomHorizontalFlip()],
        AugmentationPreset.Derm => [new RandomGrayscale(GrayProbability), ColorJitter.OfStrength(0.1), new RandomHorizontalFlip()],
        AugmentationPreset.CropFlip => [new RandomHorizontalFlip()],
        _ => throw new ArgumentOutOfRangeException(nameof(preset), preset, null),
    };

    private static ColorJitter SlightTint => new(null, null, Interval.AroundOne(0.05), new Interval(-0.05, 0.05));
}
