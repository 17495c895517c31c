package dev.holdfast.link;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Fuzz target: a server's first line. */
public final class FirstContactFuzz {
  private static final String V2 = "holdfast-resume v2";
  private static final String V1 = "SSH-2.0-Teleport resume-v1 ";

  private FirstContactFuzz() {}

  /** Fails if a server is taken for what its line does not say, or a byte is lost. */
  public static void fuzzerTestOneInput(byte[] heard) {
    byte[] line = FirstContact.firstLine(heard);
    String text = new String(heard, StandardCharsets.ISO_8859_1);
    check(line == null ? !text.contains("\n") : line.length == text.indexOf('\n') + 1, "line");
    if (line == null) {
      return;
    }
    switch (FirstContact.judge(line, 7, heard)) {
      case FirstContact.Found.V2 v2 -> {
        check(text.startsWith(V2 + "\r\n") || text.startsWith(V2 + "\n"), "no announcement");
        check(Arrays.equals(joined(line, v2.heard()), heard), "bytes were lost");
      }
      case FirstContact.Found.V1 v1 -> {
        check(text.startsWith(V1), "no line of version 1");
        check(Arrays.equals(v1.heard(), heard), "bytes were lost");
      }
      case FirstContact.Found.Plain plain -> {
        check(Arrays.equals(plain.heard(), heard), "bytes were lost");
        check(!text.startsWith(V2 + "\r\n") && !text.startsWith(V1), "not recognised");
      }
    }
  }

  private static byte[] joined(byte[] one, byte[] other) {
    return ByteBuffer.allocate(one.length + other.length).put(one).put(other).array();
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }
}
