package dev.holdfast.forward;

import java.nio.charset.StandardCharsets;
import java.util.Set;

/** Whatever comes first, it is judged, and what is refused says only what may be shown. */
public final class NameCheckFuzz {
  private static final NameCheck CHECK = new NameCheck(Set.of("dev.test"));

  private NameCheckFuzz() {}

  public static void fuzzerTestOneInput(byte[] data) {
    int length = Math.min(data.length, NameCheck.MOST_BYTES);
    switch (CHECK.look(data, length)) {
      case NameCheck.Verdict.Pass _ -> {}
      case NameCheck.Verdict.More _ -> {
        if (length == NameCheck.MOST_BYTES) {
          throw new AssertionError("waits although there is no room");
        }
      }
      case NameCheck.Verdict.Foreign foreign ->
          foreign
              .name()
              .ifPresent(name -> {
                String page =
                    new String(TroublePage.foreign(foreign.name()), StandardCharsets.UTF_8);
                if (!name.matches("[a-z0-9._-]+") || !page.contains(name)) {
                  throw new AssertionError(name);
                }
              });
    }
  }
}
