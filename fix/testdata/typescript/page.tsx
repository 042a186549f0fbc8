export default async function Mail() {
  const list = [1, 2].filter((n) => n < 3);
  return (
    <Client id="main" key='{{KEY}}' header="Bearer {{KEY}}" list={list}>
      {list.length > 1 ? "Bearer {{KEY}}" : null}
    </Client>
  );
}
