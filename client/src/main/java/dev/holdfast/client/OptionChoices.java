package dev.holdfast.client;

/** The words between which options choose; the first with a value is the one that is printed. */
final class OptionChoices {
  static final Syntax<ClientOptions.AddressFamily> ADDRESS_FAMILY =
      Syntax.choice(
          "any",
          ClientOptions.AddressFamily.ANY,
          "inet",
          ClientOptions.AddressFamily.INET,
          "inet6",
          ClientOptions.AddressFamily.INET6);

  static final Syntax<ClientOptions.Canonicalize> CANONICALIZE_HOSTNAME =
      Syntax.choice(
          "false",
          ClientOptions.Canonicalize.NO,
          "no",
          ClientOptions.Canonicalize.NO,
          "true",
          ClientOptions.Canonicalize.YES,
          "yes",
          ClientOptions.Canonicalize.YES,
          "always",
          ClientOptions.Canonicalize.ALWAYS);

  static final Syntax<ClientOptions.StrictChecking> STRICT_HOST_KEY_CHECKING =
      Syntax.choice(
          "true",
          ClientOptions.StrictChecking.YES,
          "yes",
          ClientOptions.StrictChecking.YES,
          "false",
          ClientOptions.StrictChecking.OFF,
          "no",
          ClientOptions.StrictChecking.OFF,
          "off",
          ClientOptions.StrictChecking.OFF,
          "ask",
          ClientOptions.StrictChecking.ASK,
          "accept-new",
          ClientOptions.StrictChecking.ACCEPT_NEW);

  static final Syntax<Boolean> PUBKEY_AUTHENTICATION =
      Syntax.choice(
          "true",
          true,
          "false",
          false,
          "yes",
          true,
          "no",
          false,
          "unbound",
          true,
          "host-bound",
          true);

  static final Syntax<ClientOptions.RequestTty> REQUEST_TTY =
      Syntax.choice(
          "true",
          ClientOptions.RequestTty.YES,
          "yes",
          ClientOptions.RequestTty.YES,
          "false",
          ClientOptions.RequestTty.NO,
          "no",
          ClientOptions.RequestTty.NO,
          "auto",
          ClientOptions.RequestTty.AUTO,
          "force",
          ClientOptions.RequestTty.FORCE);

  static final Syntax<ClientOptions.SessionType> SESSION_TYPE =
      Syntax.choice(
          "default",
          ClientOptions.SessionType.DEFAULT,
          "subsystem",
          ClientOptions.SessionType.SUBSYSTEM,
          "none",
          ClientOptions.SessionType.NONE);

  static final Syntax<ClientOptions.LogLevel> LOG_LEVEL =
      Syntax.choice(
          "INFO",
          ClientOptions.LogLevel.INFO,
          "QUIET",
          ClientOptions.LogLevel.QUIET,
          "SILENT",
          ClientOptions.LogLevel.QUIET,
          "FATAL",
          ClientOptions.LogLevel.FATAL,
          "ERROR",
          ClientOptions.LogLevel.ERROR,
          "VERBOSE",
          ClientOptions.LogLevel.VERBOSE,
          "DEBUG",
          ClientOptions.LogLevel.DEBUG1,
          "DEBUG1",
          ClientOptions.LogLevel.DEBUG1,
          "DEBUG2",
          ClientOptions.LogLevel.DEBUG2,
          "DEBUG3",
          ClientOptions.LogLevel.DEBUG3);

  static final Syntax<Boolean> WARN_WEAK_CRYPTO =
      Syntax.choice("yes", true, "no", false, "true", true, "false", false, "no-pq-kex", false);

  static final Syntax<String> TUNNEL =
      Syntax.choice(
          "false",
          "no",
          "no",
          "no",
          "ethernet",
          "ethernet",
          "point-to-point",
          "yes",
          "true",
          "yes",
          "yes",
          "yes");

  static final Syntax<String> CONTROL_MASTER =
      Syntax.choice(
          "false", "no", "no", "no", "true", "yes", "yes", "yes", "ask", "ask", "auto", "auto",
          "autoask", "autoask");

  static final Syntax<ClientOptions.SessionKeeper> HOLDFAST_CONTEXT =
      Syntax.choice(
          "auto",
          ClientOptions.SessionKeeper.AUTO,
          "screen",
          ClientOptions.SessionKeeper.SCREEN,
          "tmux",
          ClientOptions.SessionKeeper.TMUX,
          "dtach",
          ClientOptions.SessionKeeper.DTACH,
          "none",
          ClientOptions.SessionKeeper.NONE);

  static final Syntax<ClientOptions.Predict> HOLDFAST_PREDICT =
      Syntax.choice(
          "adaptive",
          ClientOptions.Predict.ADAPTIVE,
          "always",
          ClientOptions.Predict.ALWAYS,
          "never",
          ClientOptions.Predict.NEVER);

  static final Syntax<ClientOptions.Resume> HOLDFAST_RESUME =
      Syntax.choice(
          "auto",
          ClientOptions.Resume.AUTO,
          "v2",
          ClientOptions.Resume.V2,
          "v1",
          ClientOptions.Resume.V1,
          "off",
          ClientOptions.Resume.OFF);

  static final Syntax<ClientOptions.YesNoAsk> YES_NO_ASK =
      Syntax.choice(
          "true",
          ClientOptions.YesNoAsk.YES,
          "yes",
          ClientOptions.YesNoAsk.YES,
          "false",
          ClientOptions.YesNoAsk.NO,
          "no",
          ClientOptions.YesNoAsk.NO,
          "ask",
          ClientOptions.YesNoAsk.ASK);

  private OptionChoices() {}
}
