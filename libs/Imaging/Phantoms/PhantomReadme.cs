using System.Globalization;
using System.Text;

namespace AspireFed.Imaging.Phantoms;

/// <summary>The text that lies beside the pictures and says what they are, so that nobody takes them for patients'.</summary>
internal static class PhantomReadme
{
    public static string Of(string name, PhantomSettings settings, IReadOnlyList<PhantomImage> images)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"""
            # {name}: SYNTHETIC
            These pictures are SYNTHETIC. A program drew them from random numbers (seed {settings.Seed}); they show no person, come from
            no hospital, and must not be used to judge any medical question. They are for demonstrations and software tests.

            {images.Count} pictures of {settings.Size}x{settings.Size}, PNG, in the manner of photographs of the back of the eye.
            Classes: 0 `healthy`, 1 `lesion` (small dark or bright spots). Five made-up sites differ in camera (colour, sharpness, light,
            noise, field of view), size and share of lesions.

            | site | train: healthy | train: lesion | test: healthy | test: lesion |
            |---|---:|---:|---:|---:|

            """);
        foreach (var site in images.GroupBy(i => i.Site.Name))
        {
            int Count(bool test, bool lesions) => site.Count(i => i.Test == test && i.Lesions == lesions);
            text.Append(CultureInfo.InvariantCulture,
                $"| {site.Key} | {Count(false, false)} | {Count(false, true)} | {Count(true, false)} | {Count(true, true)} |\n");
        }

        return text.Append("""

            Partitions: `5_clients/split_real` (one client a site), `5_clients/split_1` (dealt out evenly), `central`.

            """).ToString().ReplaceLineEndings("\n");
    }
}
