package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The pages of {@code holdfast ui} for a cluster of real processes, in a real Chromium. */
@Needs({Tool.CHROMIUM, Tool.SSH})
final class ClusterPagesTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String MAIN = "document.querySelector('main').innerText";

  private static Members members;
  private static Path bob;
  private static Chromium chromium;
  private final List<Runnable> opened = new ArrayList<>();

  @BeforeAll
  static void begin() {
    members = Members.inOneProcess();
    members.apply(Members.ROLE + "options: {recording: node_sync, max_connections: 7}\n");
    bob = members.logInNew("bob", "operator");
    chromium = new Chromium();
  }

  @AfterAll
  static void end() {
    if (chromium != null) {
      chromium.close();
    }
    if (members != null) {
      members.close();
    }
    Leftovers.end(PATIENCE);
  }

  @AfterEach
  void close() {
    opened.forEach(Runnable::run);
  }

  private Ui ui(Command command, String... options) {
    Ui ui = Ui.serve(command, options);
    opened.add(ui::close);
    return ui;
  }

  private Ui ui(String... options) {
    return ui(members.own(), options);
  }

  private Program session(String... words) {
    Program session = members.holdfastSsh("web1.demo", String.join(" ", words)).start();
    opened.add(session::close);
    return session;
  }

  private static List<String> complete() {
    return members
        .own("recordings", "ls", "--state", "complete", "-o", "names")
        .run()
        .ok()
        .output()
        .lines()
        .toList();
  }

  /** The one that was not complete before. */
  private static String next(List<String> before) {
    List<String> found = new ArrayList<>();
    Await.until(
        "a recording that is complete",
        PATIENCE,
        () -> {
          found.addAll(complete());
          found.removeAll(before);
          return !found.isEmpty();
        });
    return found.getFirst();
  }

  @Test
  void whatWasShownIsPlayedAsItWasAndThatSomebodyWatchedIsNoted() {
    List<String> before = complete();
    members
        .holdfastSsh("-tt", "web1.demo", "printf 'first\\nsecond <b>bold</b>\\nlast\\n'")
        .run()
        .ok();
    String id = next(before);
    String url = ui().of("");
    chromium.show(url + "recordings");
    chromium.click("a[href$='" + id + "']");
    chromium.await("document.querySelector('.ap-player') !== null");
    chromium.await("document.querySelector('.ap-term')?.innerText.includes('last') ?? false");
    assertThat(
            chromium.evaluate(
                "[...document.querySelectorAll('.ap-term .ap-line')]"
                    + ".map((each) => each.textContent.trimEnd()).join('\\n').trimEnd()"))
        .isEqualTo("first\nsecond <b>bold</b>\nlast");
    assertThat(members.audited("recording.access"))
        .contains("\"user\":\"alice\"", "\"recording\":\"" + id + "\"");
    assertThat(
            chromium.evaluate(
                "fetch('" + url + "cast/" + id + "?download=1').then((it) => it.text())"))
        .startsWith("{\"version\":2,")
        .contains("\"o\", \"first\\u000d\\n");
  }

  @Test
  void anEncryptedRecordingIsPlayedByWhoHasItsKeyAndTheOthersAreToldHow() {
    Path keys = Scratch.directory("keys");
    Path key = keys.resolve("reader.key");
    Path other = keys.resolve("other.key");
    String recipient =
        Holdfast.command("recordings", "keygen", key.toString()).run().ok().output().strip();
    Holdfast.command("recordings", "keygen", other.toString()).run().ok();
    members.apply(
        Members.ROLE
            + "options: {recording: node_sync, max_connections: 7, recording_encrypt_to: ["
            + recipient
            + "]}\n");
    try {
      List<String> before = complete();
      members.holdfastSsh("-tt", "web1.demo", "echo for its readers").run().ok();
      String page = "recordings/" + next(before);
      String sentence =
          "This recording is encrypted; give the file with the key of one of these by --identity: "
              + recipient;
      Ui without = ui();
      chromium.show(without.of(page));
      chromium.awaitText(sentence);
      chromium.show(ui("--identity", other.toString()).of(page));
      chromium.awaitText(sentence);
      Ui reading = ui("--identity", key.toString());
      chromium.show(reading.of(page));
      chromium.await(
          "document.querySelector('.ap-term')?.innerText.includes('for its readers') ?? false");
      Program session = session("echo goes on; cat");
      session.awaitOutput("goes on", PATIENCE);
      for (Ui each : List.of(without, reading)) {
        chromium.show(each.of("sessions"));
        chromium.click("main a[href*='/recordings/']");
        if (each.equals(without)) {
          chromium.awaitText(sentence);
        }
      }
      chromium.await("document.querySelector('.ap-term')?.innerText.includes('goes on') ?? false");
      Command unreadable = Ui.command(members.own(), "--identity", keys.resolve("none").toString());
      assertThat(unreadable.run().exited(255).errors()).contains("none");
    } finally {
      members.apply(Members.ROLE + "options: {recording: node_sync, max_connections: 7}\n");
    }
  }

  @Test
  void aSessionIsSeenAsTextFollowedAndEnded() {
    String evil = "<img src=x onerror=\"document.title=1\">";
    Program session = session("echo", "'" + evil + "';", "cat");
    session.awaitOutput(evil, PATIENCE);
    chromium.show(ui().of("sessions"));
    chromium.awaitText(evil);
    assertThat(chromium.evaluate("document.querySelectorAll('main img').length")).isEqualTo("0");
    chromium.click("main a[href*='/recordings/']");
    chromium.await("document.querySelector('.ap-term')?.innerText.includes('onerror') ?? false");
    session.type("typed later\n");
    chromium.await(
        "document.querySelector('.ap-term')?.innerText.includes('typed later') ?? false");
    assertThat(chromium.evaluate("document.querySelectorAll('main img').length")).isEqualTo("0");
    assertThat(chromium.evaluate("document.title")).isEqualTo("Recording · demo");
    chromium.evaluate("history.back()");
    chromium.click("button[aria-label^='End the session']");
    assertThat(session.alive()).isTrue();
    chromium.click("button.sure");
    assertThat(session.await(PATIENCE).exited(254).errors())
        .contains("This session was ended by alice.");
    chromium.awaitText("Nobody is logged in.");
    assertThat(members.audited("session.kill"))
        .contains("\"code\":\"T2015I\"", "\"user\":\"alice\"", "\"of\":\"alice\"");
  }

  @Test
  void whoHasNoRightSeesHisOwnAndIsToldSo() {
    Program alices = session("echo ready; cat");
    alices.awaitOutput("ready", PATIENCE);
    String url = ui(members.by(bob)).of("");
    chromium.show(url + "sessions");
    chromium.awaitText("You see your own sessions here.");
    assertThat(chromium.evaluate(MAIN)).doesNotContain("alice");
    assertThat(chromium.evaluate("document.querySelector('#pages').innerText"))
        .contains("Recordings")
        .doesNotContain("Audit");
    chromium.show(url + "audit");
    chromium.awaitText("You may not call audit.search; ask an administrator");
    String id =
        members
            .own("recordings", "ls", "--state", "open", "-o", "names")
            .run()
            .ok()
            .output()
            .strip();
    chromium.show(url + "recordings/" + id);
    chromium.awaitText("There is no recording " + id + " that you may see");
    assertThat(chromium.evaluate("fetch('" + url + "cast/" + id + "').then((it) => it.text())"))
        .startsWith("There is no recording " + id);
    chromium.show(url + "limits");
    chromium.awaitText("0 of 7");
    assertThat(chromium.evaluate(MAIN)).doesNotContain("alice");
    chromium.show(url + "servers");
    chromium.awaitText("web1");
    alices.closeInput();
    alices.await(PATIENCE).ok();
  }

  @Test
  void everybodyCanReadAndUseEachPageInLightAndDarkAndNarrow() {
    Program session = session("echo ready; cat");
    session.awaitOutput("ready", PATIENCE);
    Ui ui = ui();
    PageCheck check = new PageCheck(chromium);
    chromium.show(ui.url());
    chromium.await("document.querySelector('#way')?.textContent !== 'connecting'");
    assertThat(check.faults()).as("home").isEmpty();
    for (String page :
        List.of("overview", "servers", "sessions", "recordings", "audit", "limits")) {
      chromium.show(ui.of(page));
      chromium.await("(document.querySelector('main')?.innerText.trim().length ?? 0) > 40");
      assertThat(check.faults()).as("cluster/" + page).isEmpty();
    }
    session.closeInput();
    session.await(PATIENCE).ok();
  }

  @Test
  void whoIsLoggedInNowhereIsToldTheOneThingToDo() {
    Path nowhere = Scratch.directory("nowhere");
    chromium.show(ui(members.by(nowhere)).url() + "/cluster/");
    chromium.await("document.body.innerText.trim() === 'holdfast login HOST'");
  }
}
