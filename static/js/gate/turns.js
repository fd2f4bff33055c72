// One exchange with the server at a time. What is asked for meanwhile comes after it, once, and is waited for.

export function inTurn(exchange) {
  let turns = null;
  let asked = null; // null for nothing, true for a new list as well

  async function take() {
    try {
      while (asked !== null) {
        const anew = asked;
        asked = null;
        await exchange(anew);
      }
    } finally {
      turns = null;
    }
  }

  return (anew = false) => {
    asked = asked || anew;
    turns = turns || take();
    return turns;
  };
}
