package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.link.GateEvent;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.sshd.common.util.logging.AbstractLoggingBean;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

final class ServiceLogTest {
  private static final GateEvent ENDED =
      new GateEvent.Ended(
          "ab12",
          new InetSocketAddress("192.0.2.1", 22),
          "say \"no\"\u001b\n",
          7,
          8,
          Duration.ofMillis(1500));

  private final StringWriter out = new StringWriter();
  private final List<ServiceLog> logs = new ArrayList<>();

  @Test
  void aJsonLineHasEveryFieldAndNothingThatATerminalWouldActUpon() {
    log(false, "--log-format", "json").event(ENDED);
    assertThat(written())
        .hasLineCount(1)
        .startsWith("{\"time\":\"20")
        .contains("\"level\":\"info\",\"event\":\"ended\"", "\"stream\":\"ab12\"")
        .contains("\"client\":\"192.0.2.1:22\"", "\"up\":7,\"down\":8,\"lastedSeconds\":1.5}")
        .contains("\"why\":\"say \\\"no\\\"\\u001b\\n\"");
  }

  @Test
  void theJournalIsToldTheLevelInsteadOfTheTime() {
    log(true).say(ServiceLog.Level.WARN, "x", "careful");
    assertThat(written()).isEqualTo("<4>careful" + System.lineSeparator());
  }

  @Test
  void withoutAJournalALineBeginsWithTheTime() {
    log(false).say(ServiceLog.Level.INFO, "x", "hello");
    assertThat(written()).matches("20\\S+Z hello\\R");
  }

  @Test
  void quietLeavesOutWhatNeedsNobody() {
    ServiceLog log = log(false, "--quiet");
    log.event(ENDED);
    log.say(ServiceLog.Level.WARN, "x", "careful");
    assertThat(written()).hasLineCount(1).contains("careful");
  }

  @Test
  void aDefectComesWithItsStackTrace() {
    log(false).event(new GateEvent.Fault(new IllegalStateException("x")));
    assertThat(written()).contains("please report it", "\tat ");
  }

  @Test
  void whatModulesSayIsInItAndWhatLibrariesSayIsNot() {
    ModuleLogs.goTo(log(false, "--log-format", "json"));
    LoggerFactory.getLogger("org.apache.sshd.Some").error("bytes of a peer");
    Logger ssh = LoggerFactory.getLogger("dev.holdfast.ssh.Some");
    ssh.debug("left out");
    ssh.info("{} may not {}", "a\nb", "x".repeat(10_000));
    assertThat(written())
        .hasLineCount(1)
        .contains("\"level\":\"info\",\"event\":\"ssh\",\"text\":\"a?b may not xxx")
        .hasSizeLessThan(1_000);
  }

  @Test
  void whatALibraryLogsInTheNameOfAClassOfOursIsNotInItEither() {
    ModuleLogs.goTo(log(false, "-v"));
    new AbstractLoggingBean() {
      void speak() {
        log.error("bytes of a peer");
      }
    }.speak();
    assertThat(written()).isEmpty();
    LoggerFactory.getLogger(ServiceLogTest.class).debug("heard");
    assertThat(written()).contains("heard");
  }

  /** A class of ours with a log of its own, which a library's base logs beside. */
  private static final class Extending extends AbstractLoggingBean {
    private static final Logger OWN = LoggerFactory.getLogger(Extending.class);

    void speak() {
      log.error("bytes of a peer");
      OWN.info("ours");
    }
  }

  @Test
  void eachObjectOfAClassOfOursIsHeardAndNoneOfTheLibrarysBelowIt() {
    ModuleLogs.goTo(log(false));
    for (int i = 0; i < 3; i++) {
      new Extending().speak();
    }
    assertThat(written()).hasLineCount(3).contains("ours").doesNotContain("peer");
  }

  @Test
  void aModulesErrorComesWithItsStackTrace() {
    ModuleLogs.goTo(log(false));
    LoggerFactory.getLogger("dev.holdfast.node.Some").error("broken", new IllegalStateException());
    assertThat(written()).contains(" broken", "\tat ");
  }

  @Test
  void anotherFileThanStandardErrorIsNotTheJournal() {
    assertThat(ServiceLog.isJournal(null)).isFalse();
    assertThat(ServiceLog.isJournal("1:1")).isFalse();
  }

  private ServiceLog log(boolean journal, String... options) {
    GateOptions parsed = new GateOptions();
    Main.sharing(new CommandLine(parsed)).parseArgs(options);
    ServiceLog log = new ServiceLog(new PrintWriter(out, true), journal);
    log.change(parsed.logLevel(), parsed.logFormat);
    logs.add(log);
    return log;
  }

  private String written() {
    logs.forEach(ServiceLog::close);
    return out.toString();
  }
}
