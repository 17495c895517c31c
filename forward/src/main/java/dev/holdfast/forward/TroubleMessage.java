package dev.holdfast.forward;

import dev.holdfast.ssh.MonitorMessage;

/** A login's trouble on its way from a monitor to its confined process. */
final class TroubleMessage {
  static final String ABOUT = "trouble";

  private TroubleMessage() {}

  static MonitorMessage of(Trouble trouble) {
    MonitorMessage message = MonitorMessage.about(ABOUT);
    return switch (trouble) {
      case Trouble.UnknownHost it -> message.with("unknownHost", it.server());
      case Trouble.NeedsPerson it ->
          message.with("needsPerson", it.server()).with("why", it.wanted());
      case Trouble.Unreachable it -> message.with("unreachable", it.server()).with("why", it.why());
      case Trouble.Misconfigured it -> message.with("misconfigured", it.why());
      case Trouble.NotRunning _, Trouble.Forbidden _, Trouble.Failed _ ->
          message.with("failed", trouble.words());
    };
  }

  static Trouble read(MonitorMessage message) {
    String why = message.text("why").orElse("");
    return message
        .text("unknownHost")
        .<Trouble>map(Trouble.UnknownHost::new)
        .or(() -> message.text("needsPerson").map(it -> new Trouble.NeedsPerson(it, why)))
        .or(() -> message.text("unreachable").map(it -> new Trouble.Unreachable(it, why)))
        .or(() -> message.text("misconfigured").map(Trouble.Misconfigured::new))
        .orElseGet(() -> new Trouble.Failed(message.text("failed").orElse("The login failed.")));
  }
}
