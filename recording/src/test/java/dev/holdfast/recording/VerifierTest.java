package dev.holdfast.recording;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.recording.Event.Content;
import dev.holdfast.recording.Event.End;
import dev.holdfast.recording.Event.Output;
import dev.holdfast.recording.Event.Way;
import dev.holdfast.recording.Event.Why;
import dev.holdfast.recording.Verification.State;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class VerifierTest {
  private static final String OTHER = "ffeeddccbbaa99887766554433221100";

  @Test
  void namesThePartOfEveryFlippedBit() {
    List<byte[]> parts = Samples.threeParts(Samples.NAME);
    for (int part = 0; part < parts.size(); part++) {
      for (int at = 0; at < parts.get(part).length; at++) {
        List<byte[]> changed = new ArrayList<>(parts);
        changed.set(part, parts.get(part).clone());
        changed.get(part)[at] ^= (byte) (1 << (at % 8));
        Verification found = Samples.verify(changed);
        assertThat(found.state())
            .as("part %d byte %d", part, at)
            .isIn(State.DAMAGED, State.UNFINISHED);
        String name = "part " + part;
        assertThat(found.findings())
            .as("part %d byte %d", part, at)
            .anyMatch(sentence -> sentence.contains(name));
      }
    }
  }

  @Test
  void everyPrefixOfTheLastPartIsUnfinishedAndPlaysItsWholeBlocks() {
    List<byte[]> parts = Samples.threeParts(Samples.NAME);
    byte[] last = parts.get(2);
    int before = 0;
    for (int length = 1; length < last.length; length++) {
      List<Event> events = new ArrayList<>();
      List<byte[]> cut = List.of(parts.get(0), parts.get(1), Arrays.copyOf(last, length));
      Verification found = Samples.verify(cut, events);
      assertThat(found.state()).as("%d", length).isNotEqualTo(State.WHOLE);
      assertThat(found.findings()).isNotEmpty();
      assertThat(events.size()).isIn(5, 8).isGreaterThanOrEqualTo(before);
      before = events.size();
    }
    assertThat(before).isEqualTo(8);
  }

  @Test
  void saysExactlyWhereATailIsTorn() {
    List<byte[]> parts = Samples.threeParts(Samples.NAME);
    byte[] torn = Arrays.copyOf(parts.get(1), parts.get(1).length - 70);
    Verification found = Samples.verify(List.of(parts.get(0), torn));
    assertThat(found.state()).isEqualTo(State.UNFINISHED);
    assertThat(found.findings())
        .containsExactly("its end is missing: part 1 is cut off at byte 184, behind event 2.");
  }

  @Test
  void namesMissingParts() {
    List<byte[]> parts = Samples.threeParts(Samples.NAME);
    assertThat(add(parts, 0, 2)).containsExactly("part 1 is missing.");
    assertThat(add(parts, 2)).containsExactly("parts 0 to 1 are missing.");
    assertThat(add(parts, 1, 2)).containsExactly("part 0 is missing.");
  }

  @Test
  void aMissingLastPartIsAMissingEnd() {
    List<byte[]> parts = Samples.threeParts(Samples.NAME);
    assertThat(add(parts, 0, 1)).containsExactly("its end is missing behind event 4.");
  }

  @Test
  void namesReorderedAndDoubledParts() {
    List<byte[]> parts = Samples.threeParts(Samples.NAME);
    assertThat(add(parts, 0, 2, 1))
        .containsExactly("part 1 comes behind part 2: parts were reordered.");
    assertThat(add(parts, 0, 1, 1, 2))
        .containsExactly("part 1 is there twice, the second time as part 1.");
    Verifier exchanged = new Verifier();
    exchanged.add("a", 0, parts.get(0));
    exchanged.add("b", 1, parts.get(2));
    exchanged.add("c", 2, parts.get(1));
    assertThat(exchanged.finish().findings())
        .containsExactly(
            "b holds part 2: parts were exchanged.",
            "c holds part 1: parts were exchanged.",
            "part 1 comes behind part 2: parts were reordered.");
  }

  private static List<String> add(List<byte[]> parts, int... order) {
    Verifier verifier = new Verifier();
    for (int index : order) {
      verifier.add("part " + index, -1, parts.get(index));
    }
    return verifier.finish().findings();
  }

  @Test
  void namesPartsOfOthers() {
    List<byte[]> parts = Samples.threeParts(Samples.NAME);
    List<byte[]> others = Samples.threeParts(OTHER);
    assertThat(Samples.verify(List.of(parts.get(0), others.get(1), parts.get(2))).findings())
        .contains("part 1 is of another recording, " + OTHER + ".", "part 1 is missing.");
    List<Content> all = Samples.contents();
    List<byte[]> forged =
        Samples.parts(
            Samples.NAME,
            Samples.anotherSigner(),
            all.subList(0, 3),
            all.subList(3, 5),
            all.subList(5, 8));
    assertThat(Samples.verify(List.of(parts.get(0), parts.get(1), forged.get(2))).findings())
        .anyMatch(sentence -> sentence.startsWith("part 2 is signed by another key, SHA256:"));
  }

  @Test
  void aPartOfTheSameRecordingThatWasMadeAnewDoesNotFit() {
    List<byte[]> parts = Samples.threeParts(Samples.NAME);
    List<Content> all = new ArrayList<>(Samples.contents());
    all.set(1, new Output(Way.STDOUT, Samples.bytes("HELLO\r\n")));
    List<byte[]> others =
        Samples.parts(
            Samples.NAME, Samples.SIGNER, all.subList(0, 3), all.subList(3, 5), all.subList(5, 8));
    assertThat(Samples.verify(List.of(others.get(0), parts.get(1), parts.get(2))).findings())
        .containsExactly(
            "part 1 does not fit: the part before it is not the one that it followed.");
  }

  @Test
  void playsUpToTheFirstDamageAndNoFurther() {
    List<byte[]> parts = new ArrayList<>(Samples.threeParts(Samples.NAME));
    parts.set(1, parts.get(1).clone());
    parts.get(1)[200] ^= 1;
    List<Event> events = new ArrayList<>();
    assertThat(Samples.verify(parts, events).state()).isEqualTo(State.DAMAGED);
    assertThat(events).hasSize(3);
  }

  @Test
  void partsInOneFileAreReadOneBehindTheOther() {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    Samples.threeParts(Samples.NAME).forEach(all::writeBytes);
    Verifier verifier = new Verifier();
    verifier.add("file", -1, all.toByteArray());
    assertThat(verifier.finish().state()).isEqualTo(State.WHOLE);
  }

  @Test
  void bytesBehindAPartAreNamed() {
    List<byte[]> parts = new ArrayList<>(Samples.threeParts(Samples.NAME));
    parts.set(2, Arrays.copyOf(parts.get(2), parts.get(2).length + 3));
    assertThat(Samples.verify(parts).findings())
        .containsExactly("part 2 has 3 bytes behind its end.");
  }

  @Test
  void anEndInTheMiddleAndAnotherBeginningAreNamed() {
    List<Content> all = new ArrayList<>(Samples.contents());
    all.add(1, new End(Why.WHOLE, 0, ""));
    assertThat(Samples.verify(Samples.parts(Samples.NAME, Samples.SIGNER, all)).findings())
        .containsExactly("part 0 has a beginning or an end in the middle.");
    List<Content> headless = Samples.contents().subList(1, 8);
    assertThat(Samples.verify(Samples.parts(Samples.NAME, Samples.SIGNER, headless)).findings())
        .containsExactly("part 0 has a beginning or an end in the middle.");
  }

  @Test
  void tellsWhenTheRecorderWasCutOff() {
    List<Content> all = new ArrayList<>(Samples.contents().subList(0, 3));
    all.add(new End(Why.CUT, 9, "the node was killed"));
    Verification found = Samples.verify(Samples.parts(Samples.NAME, Samples.SIGNER, all));
    assertThat(found.state()).isEqualTo(State.CUT);
    assertThat(found.findings())
        .containsExactly("it was cut off behind event 2: the node was killed.");
  }

  @Test
  void nothingIsNoRecording() {
    assertThat(new Verifier().finish().findings())
        .containsExactly("there is no part of a recording.");
  }

  @Test
  void findingsAreBounded() {
    Verifier verifier = new Verifier();
    for (int i = 0; i < Verifier.MOST_FINDINGS + 5; i++) {
      verifier.add("x", i, new byte[3]);
    }
    assertThat(verifier.finish().findings()).hasSize(Verifier.MOST_FINDINGS);
  }
}
