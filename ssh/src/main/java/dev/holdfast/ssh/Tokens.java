package dev.holdfast.ssh;

import java.util.Map;

/** Percent signs and letters in settings that stand for something (sshd_config(5), TOKENS). */
record Tokens(Map<String, String> meanings) {
  /** Those of paths that belong to a user. */
  static Tokens of(User user) {
    return new Tokens(
        Map.of("h", user.home(), "u", user.name(), "U", Integer.toUnsignedString(user.uid())));
  }

  /** Those of a command that is asked about {@code key}. */
  static Tokens of(User user, SshPublicKey key) {
    return new Tokens(
        Map.of(
            "h", user.home(),
            "u", user.name(),
            "U", Integer.toUnsignedString(user.uid()),
            "f", key.fingerprint(),
            "k", key.line().substring(key.type().length() + 1),
            "t", key.type()));
  }

  /**
   * The text with everything put in.
   *
   * @throws MalformedKeyException if something stands for nothing
   */
  String expand(String text) throws MalformedKeyException {
    StringBuilder expanded = new StringBuilder();
    int at = 0;
    for (int percent = text.indexOf('%'); percent >= 0; percent = text.indexOf('%', at)) {
      expanded.append(text, at, percent);
      at = Math.min(percent + 2, text.length());
      String letter = text.substring(percent + 1, at);
      String meaning = letter.equals("%") ? "%" : meanings.get(letter);
      if (meaning == null) {
        throw new MalformedKeyException("a percent sign in it stands for nothing");
      }
      expanded.append(meaning);
    }
    expanded.append(text, at, text.length());
    return expanded.toString();
  }
}
