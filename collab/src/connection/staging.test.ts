import { describe, expect, it } from "vitest";
import { type Sender, Staging } from "./staging.js";

const sender = (userId: string): Sender => ({ principal: { userId } });

function staging(budget: number) {
  const sentAway: Sender[] = [];
  const stages = new Staging<Sender>(budget, (one) => {
    sentAway.push(one);
  });
  return { stages, sentAway };
}

describe("what a node holds of large messages", () => {
  it("sends away the largest of whoever has most when it is too much, and not who came last", () => {
    const { stages, sentAway } = staging(100);
    const [small, large, honest] = [sender("hog"), sender("hog"), sender("ana")];
    stages.arrived(small, 40);
    stages.arrived(large, 45);
    stages.arrived(honest, 10);
    expect(sentAway).toEqual([]);
    stages.arrived(honest, 20);
    expect(sentAway).toEqual([large]);
    stages.arrived(honest, 60);
    expect(sentAway).toEqual([large]);
    stages.arrived(honest, 61);
    expect(sentAway).toEqual([large, honest]);
  });

  it("is counted until a message is taken, and not beyond it or its connection", () => {
    const { stages, sentAway } = staging(100);
    const [ana, ben] = [sender("ana"), sender("ben")];
    for (let n = 0; n < 10; n++) {
      stages.arrived(ana, 60);
      const done = stages.taken(ana, 70);
      stages.arrived(ben, 30);
      expect(sentAway).toEqual([]);
      stages.arrived(ben, 0);
      done();
    }
    stages.left(ben);
    const done = stages.taken(ana, 70);
    const [eve, joe] = [sender("eve"), sender("joe")];
    stages.arrived(eve, 30);
    expect(sentAway).toEqual([]);
    // What is being taken is there until it has been, though its sender was told to go; so another goes too.
    stages.arrived(joe, 1);
    expect(sentAway).toEqual([ana, eve]);
    done();
    stages.left(ana);
    stages.left(eve);
    stages.arrived(joe, 100);
    expect(sentAway).toEqual([ana, eve]);
  });
});
