package dev.holdfast.client;

import dev.holdfast.ssh.LoginPerson;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The person who is asked for passwords, as the configuration allows. For one connection. */
final class PersonAtLogin implements LoginPerson {
  private static final List<String> USUAL =
      List.of("publickey", "keyboard-interactive", "password");

  private final ClientConfig config;
  private final Prompts prompts;
  private final BooleanSupplier isUnsafe;
  private boolean askedBefore;

  /**
   * The person.
   *
   * @param isUnsafe whether the server is not the one that was meant, so that it must learn nothing
   */
  PersonAtLogin(ClientConfig config, Prompts prompts, BooleanSupplier isUnsafe) {
    this.config = config;
    this.prompts = prompts;
    this.isUnsafe = isUnsafe;
  }

  @Override
  public @Nullable String answer(String prompt, boolean echo) {
    return isUnsafe.getAsBoolean()
        ? null
        : prompts.answer("(" + config.user() + "@" + config.hostname() + ") " + prompt, echo);
  }

  @Override
  public synchronized @Nullable String password() {
    if (isUnsafe.getAsBoolean()) {
      return null;
    }
    if (askedBefore) {
      prompts.tell("Permission denied, please try again.");
    }
    askedBefore = true;
    return prompts.answer(config.user() + "@" + config.hostname() + "'s password: ", false);
  }

  /** What a server says is shown without what could control the terminal. */
  @Override
  public void tell(String text) {
    if (config.get(ClientOptions.LOG_LEVEL).compareTo(ClientOptions.LogLevel.INFO) >= 0) {
      StringBuilder shown = new StringBuilder();
      text.stripTrailing()
          .codePoints()
          .filter(c -> c == '\n' || c == '\t' || !Character.isISOControl(c))
          .forEach(shown::appendCodePoint);
      prompts.tell(shown.toString());
    }
  }

  @Override
  public List<String> methods() {
    Optional<String> preferred = config.find(ClientOptions.PREFERRED_AUTHENTICATIONS);
    List<String> wanted = preferred.map(names -> List.of(names.split(",", -1))).orElse(USUAL);
    List<String> methods = new ArrayList<>(wanted);
    boolean isBatch = config.get(ClientOptions.BATCH_MODE);
    if (!config.get(ClientOptions.PUBKEY_AUTHENTICATION)) {
      methods.remove("publickey");
    }
    if (isBatch || !config.get(ClientOptions.KBD_INTERACTIVE_AUTHENTICATION)) {
      methods.remove("keyboard-interactive");
    }
    if (isBatch || !config.get(ClientOptions.PASSWORD_AUTHENTICATION)) {
      methods.remove("password");
    }
    return methods;
  }

  @Override
  public int tries() {
    return config.get(ClientOptions.NUMBER_OF_PASSWORD_PROMPTS);
  }
}
