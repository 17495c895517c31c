package dev.holdfast.ssh;

/** Fuzz target: a line of authorized_keys, and the same bytes as one about a principal. */
public final class AuthorizedKeyFuzz {
  private AuthorizedKeyFuzz() {}

  /**
   * Fails if anything but a malformed line is told of, if what comes out is no key, or if the line
   * means something else with a comment behind it.
   */
  public static void fuzzerTestOneInput(byte[] bytes) {
    String line = ByteText.decode(bytes);
    principal(line);
    AuthorizedKey found;
    try {
      found = AuthorizedKey.parse(line);
    } catch (MalformedKeyException e) {
      return;
    }
    if (found == null) {
      String rest = line.replaceFirst("^[ \t]+", "");
      check(rest.isEmpty() || rest.startsWith("#"), line);
      return;
    }
    check(SshPublicKey.PLAIN_TYPES.contains(found.key().type()), found);
    SignatureCheck.isUsable(found.key());
    try {
      check(found.equals(AuthorizedKey.parse(line + " comment")), found);
    } catch (MalformedKeyException e) {
      throw new AssertionError("with a comment it is malformed", e);
    }
  }

  private static void principal(String line) {
    try {
      AuthorizedPrincipal found = AuthorizedPrincipal.parse(line);
      check(found == null || found.principal().indexOf(' ') < 0, line);
    } catch (MalformedKeyException e) {
      // A line may be malformed; nothing else may happen.
    }
  }

  private static void check(boolean holds, Object found) {
    if (!holds) {
      throw new AssertionError("found " + found);
    }
  }
}
