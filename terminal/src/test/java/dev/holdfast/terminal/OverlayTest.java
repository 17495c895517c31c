package dev.holdfast.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OverlayTest {
  private static final Size SIZE = new Size(40, 6);

  private static Person at(String prompt, Overlay.Predict predict) {
    Person person = new Person(SIZE, predict);
    person.before("one\r\ntwo\r\n");
    person.host(prompt);
    return person;
  }

  /** Somebody whose keys were seen to be echoed. */
  private static Person atWork(Overlay.Predict predict) {
    Person person = at("$ ", predict);
    person.type("e");
    person.host("e");
    person.reached(100);
    person.pass(60);
    return person;
  }

  @Test
  void showsNothingBeforeAnEchoWasSeen() {
    Person person = at("$ ", Overlay.Predict.ALWAYS);
    person.type("ec");
    assertThat(person.row(2)).isEqualTo("$");
    person.host("e");
    assertThat(person.row(2)).isEqualTo("$ ec");
    assertThat(person.isUnderlined(2, 2)).isFalse();
    assertThat(person.isUnderlined(2, 3)).isTrue();
  }

  @Test
  void showsKeysUnderlinedUntilTheyAreConfirmed() {
    Person person = atWork(Overlay.Predict.ALWAYS);
    person.type("cho");
    assertThat(person.row(2)).isEqualTo("$ echo");
    assertThat(person.isUnderlined(2, 3)).isTrue();
    assertThat(person.isUnderlined(2, 5)).isTrue();
    assertThat(person.shown.cursorColumn()).isEqualTo(6);
    person.host("ch");
    assertThat(person.isUnderlined(2, 4)).isFalse();
    assertThat(person.isUnderlined(2, 5)).isTrue();
    person.host("o");
    assertThat(person.isUnderlined(2, 5)).isFalse();
    person.settle();
    assertThat(StateText.of(person.shown)).isEqualTo(StateText.of(person.plain));
  }

  @Test
  void showsNothingOfAPassword() {
    Person person = atWork(Overlay.Predict.ALWAYS);
    person.type("\r");
    person.host("\r\nPassword: ");
    person.reached(100);
    person.pass(60);
    for (char c : "secret".toCharArray()) {
      person.type(String.valueOf(c));
      assertThat(person.row(3)).isEqualTo("Password:");
      person.settle();
    }
    person.type("\r");
    assertThat(person.row(3)).isEqualTo("Password:");
  }

  @Test
  void takesBackWhatTheHostDidNotEcho() {
    Person person = atWork(Overlay.Predict.ALWAYS);
    person.type("x");
    assertThat(person.row(2)).isEqualTo("$ ex");
    person.reached(100);
    person.pass(40);
    assertThat(person.row(2)).isEqualTo("$ ex");
    person.pass(10);
    assertThat(person.row(2)).isEqualTo("$ e");
    person.type("y");
    assertThat(person.row(2)).isEqualTo("$ e");
    assertThat(StateText.of(person.shown)).isEqualTo(StateText.of(person.plain));
  }

  @Test
  void erasesAndMovesAndInserts() {
    Person person = atWork(Overlay.Predict.ALWAYS);
    person.type("abd");
    person.type("\033[D");
    assertThat(person.shown.cursorColumn()).isEqualTo(5);
    person.type("c");
    assertThat(person.row(2)).isEqualTo("$ eabcd");
    person.type("\u007f\u007f");
    assertThat(person.row(2)).isEqualTo("$ ead");
    assertThat(person.shown.cursorColumn()).isEqualTo(4);
    person.type("\033OC");
    assertThat(person.shown.cursorColumn()).isEqualTo(5);
    person.host("abd\bcd\b\b\033[P\b\033[P\033[C");
    person.settle();
    assertThat(person.overlay.isPainted()).isFalse();
    assertThat(person.row(2)).isEqualTo("$ ead");
    assertThat(StateText.of(person.shown)).isEqualTo(StateText.of(person.plain));
  }

  @Test
  void doesNotEraseThePrompt() {
    Person person = atWork(Overlay.Predict.ALWAYS);
    person.type("\u007f");
    person.type("\u007f");
    person.type("\u007f");
    assertThat(person.row(2)).startsWith("$");
  }

  @Test
  void leavesARightPromptWhereItIs() {
    Person person = at("\r\033[30Gright\r$ ", Overlay.Predict.ALWAYS);
    person.type("e");
    person.host("e");
    person.type("cho");
    assertThat(person.row(2)).isEqualTo("$ echo                       right");
    person.host("cho");
    person.settle();
    person.type("x");
    assertThat(person.row(2)).startsWith("$ echox");
  }

  @Test
  void afterReturnWaitsForTheAnswer() {
    Person person = atWork(Overlay.Predict.ALWAYS);
    person.type("\rls");
    assertThat(person.row(2)).isEqualTo("$ e");
    person.host("\r\nout\r\n$ ls");
    person.settle();
    person.type("x");
    assertThat(person.row(4)).isEqualTo("$ ls");
    person.host("x");
    person.type("y");
    assertThat(person.row(4)).isEqualTo("$ lsxy");
  }

  @Test
  void whoTypesOnAfterReturnIsGuessedForOnceTheLineIsFoundTwice() {
    Person person = atWork(Overlay.Predict.ALWAYS);
    person.type("\r");
    person.host("\r\n$ ");
    person.type("l");
    person.type("s");
    person.type(" ");
    person.type("x");
    person.host("l");
    assertThat(person.row(3)).isEqualTo("$ l");
    person.host("s");
    assertThat(person.row(3)).isEqualTo("$ ls x");
    assertThat(person.isUnderlined(3, 3)).isFalse();
    assertThat(person.isUnderlined(3, 5)).isTrue();
    person.type("y");
    person.type("\u007f");
    assertThat(person.row(3)).isEqualTo("$ ls x");
    person.host(" x");
    person.settle();
    assertThat(person.overlay.isPainted()).isFalse();
    assertThat(person.overlay.nextNanos()).isNegative();
  }

  @Test
  void aKeyIsNotAnsweredBeforeWhatTheHostWroteForItIsHere() {
    Person person = atWork(Overlay.Predict.ALWAYS);
    person.type("x");
    person.shown.feed(person.overlay.reached(person.overlay.keys(), 100, person.now));
    person.pass(1000);
    assertThat(person.row(2)).isEqualTo("$ ex");
    person.shown.feed(person.overlay.heard(person.overlay.keys(), person.now));
    assertThat(person.row(2)).isEqualTo("$ e");
  }

  @Test
  void showsNothingOfAPasswordThatBeginsAsTheQuestionEnds() {
    Person person = atWork(Overlay.Predict.ALWAYS);
    person.type("\r");
    for (char c : " secret".toCharArray()) {
      person.type(String.valueOf(c));
    }
    person.host("\r\nPassword: ");
    assertThat(person.row(3)).isEqualTo("Password:");
    person.settle();
    assertThat(person.row(3)).isEqualTo("Password:");
  }

  @Test
  void guessesNothingBeforeWhatStandsBehindTheLine() {
    Person person = atWork(Overlay.Predict.ALWAYS);
    person.type("\r");
    person.host("\r\n$ \0337 suggested\0338");
    person.type("l");
    person.type("s");
    person.type("x");
    person.host("l");
    person.host("s");
    assertThat(person.row(3)).isEqualTo("$ lsuggested");
  }

  @Test
  void ofALineThatIsTooLongOnlyItsEndIsLookedFor() {
    Person person = atWork(Overlay.Predict.ALWAYS);
    person.type("\r");
    person.host("\r\n$ ");
    for (int i = 0; i < TypedLine.MOST; i++) {
      person.type(i % 2 == 0 ? "a" : "\u007f");
    }
    person.type("b");
    person.type("c");
    person.type("d");
    person.host("b");
    person.host("c");
    assertThat(person.row(3)).isEqualTo("$ bcd");
  }

  @Test
  void confirmsALineThatScrollsAwayInOnePiece() {
    Person person = atWork(Overlay.Predict.ALWAYS);
    person.type("cho");
    person.type("\r");
    person.host("cho\r\n1\r\n2\r\n3\r\n4\r\n5\r\n$ ");
    person.settle();
    person.type("a");
    person.host("a");
    person.type("b");
    assertThat(person.row(5)).isEqualTo("$ ab");
  }

  @Test
  void adaptsToTheRoundTrip() {
    Person person = at("$ ", Overlay.Predict.ADAPTIVE);
    person.type("e");
    person.host("e");
    person.reached(5);
    person.pass(60);
    person.type("c");
    assertThat(person.row(2)).isEqualTo("$ e");
    person.host("c");
    person.reached(40);
    person.pass(60);
    person.type("h");
    assertThat(person.row(2)).isEqualTo("$ ech");
    person.host("h");
    person.reached(25);
    person.pass(60);
    person.type("o");
    assertThat(person.row(2)).isEqualTo("$ echo");
    person.host("o");
    person.reached(15);
    person.pass(60);
    person.reached(15);
    person.type("x");
    assertThat(person.row(2)).isEqualTo("$ echo");
  }

  @Test
  void showsGuessesWhenAnAnswerHangs() {
    Person person = at("$ ", Overlay.Predict.ADAPTIVE);
    person.type("e");
    person.host("e");
    person.reached(5);
    person.pass(60);
    person.type("c");
    assertThat(person.row(2)).isEqualTo("$ e");
    assertThat(person.overlay.nextNanos()).isEqualTo(person.now + 250 * Person.MILLI);
    person.pass(250);
    assertThat(person.row(2)).isEqualTo("$ ec");
    person.type("ho");
    assertThat(person.row(2)).isEqualTo("$ echo");
  }

  @Test
  void guessesNothingInWhatIsPasted() {
    Person person = atWork(Overlay.Predict.ALWAYS);
    person.type("x".repeat(Overlay.MOST_TYPED + 1));
    assertThat(person.row(2)).isEqualTo("$ e");
  }

  @Test
  void neverIsNever() {
    Person person = atWork(Overlay.Predict.NEVER);
    person.type("x");
    person.pass(1000);
    assertThat(person.row(2)).isEqualTo("$ e");
    assertThat(person.overlay.nextNanos()).isNegative();
  }

  @ParameterizedTest
  @ValueSource(strings = {"\033[", "\033]0;tit", "\303", "\033P", "\033[?2026h", "\033N"})
  void paintsNothingIntoTheMiddleOfASequence(String begun) {
    Person person = atWork(Overlay.Predict.ALWAYS);
    person.host(begun.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
    person.type("x");
    person.notice("host: no answer for 3 s");
    assertThat(StateText.of(person.shown)).isEqualTo(StateText.of(person.plain));
  }

  @Test
  void aNoticeStandsBehindTheLineAndGoesWithoutATrace() {
    Person person = at("$ ", Overlay.Predict.NEVER);
    String before = StateText.of(person.shown);
    person.notice("host: no answer for 3 s");
    assertThat(person.row(2)).isEqualTo("$               host: no answer for 3 s");
    assertThat(person.shown.cursorColumn()).isEqualTo(2);
    person.notice("host: no answer for 4 s");
    assertThat(person.row(2)).endsWith("4 s");
    person.host("x\r\n1\r\n2\r\n3\r\n4\r\n$ ");
    assertThat(person.row(5)).endsWith("host: no answer for 4 s");
    person.notice("");
    assertThat(StateText.of(person.shown)).isEqualTo(StateText.of(person.plain));
    assertThat(before).doesNotContain("no answer");
  }

  @Test
  void aNoticeMakesRoomForWhatIsTyped() {
    Person person = atWork(Overlay.Predict.ALWAYS);
    person.notice("host: no answer for 3 s");
    person.type("x".repeat(12));
    assertThat(person.row(2)).isEqualTo("$ e" + "x".repeat(12) + " host: no answer for 3 s");
    person.type("x".repeat(6));
    assertThat(person.row(2)).isEqualTo("$ e" + "x".repeat(18) + " host: no answer f");
    person.type("x".repeat(8));
    assertThat(person.row(2)).isEqualTo("$ e" + "x".repeat(26));
    person.uncover();
    assertThat(StateText.of(person.shown)).isEqualTo(StateText.of(person.plain));
  }

  @Test
  void aNoticeInAFullScreenIsAtItsTopOrWhereTheCursorIsNot() {
    Person person = at("$ ", Overlay.Predict.NEVER);
    person.host("\033[?1049h\033[H\033[2Jtop\r\n\r\n\r\nbottom");
    person.notice("away");
    assertThat(person.row(0)).isEqualTo("away");
    person.host("\033[H");
    assertThat(person.row(0)).isEqualTo("top");
    assertThat(person.row(5)).isEqualTo("away");
    person.host("\033[?1049l");
    assertThat(person.row(2)).startsWith("$ ").endsWith("away");
    person.notice("");
    assertThat(StateText.of(person.shown)).isEqualTo(StateText.of(person.plain));
  }

  @Test
  void leavesNoTraceWhenTheWindowIsResized() {
    Person person = atWork(Overlay.Predict.ALWAYS);
    person.type("xyz");
    person.notice("host: no answer for 3 s");
    person.resize(new Size(60, 6));
    assertThat(StateText.of(person.shown)).isEqualTo(StateText.of(person.plain));
  }

  @Test
  void paintsOverNothingThatItDoesNotKnow() {
    Person person = at("", Overlay.Predict.ALWAYS);
    person.host("\033[1;4H");
    person.type("abc");
    person.host("a");
    person.type("d");
    person.settle();
    person.notice("host: no answer for 3 s");
    assertThat(StateText.of(person.shown)).isEqualTo(StateText.of(person.plain));
  }
}
