/** Common English words and words about software and models, most frequent first: what the tokenizer learns from. */
export const words: readonly string[] = `
the of and to in is that for it as with on be by this are from or an at not was have which you we model
can but all will one has if they more when their there would what so about up out who them some into
time other only could new than then its your our been no may these two first any like over such after
also did many before must through back years where much way well down should because each just those
people how too little state good very make world still own see men work long get here between both life
being under never day same another know while last might us great old year off come since against go
came right used take three states himself few house use during without again place release version
weights tensor tokens token training train data test tests check evaluation score report result results
file files config license card language text number value values name input output run runs running fail
failed pass passed step steps layer layers head heads hidden attention embedding vocabulary sequence
length batch memory device kernel server client request response error errors message reason change
changed changes update build builds publish published package registry image digest hash signature
signed sign verify verified key keys policy rule rules branch commit merge review issue question answer
example sample random seed synthetic small large quick slow fast open close start stop begin end read
write written send receive find found keep kept show shown give given tell told think thought feel felt
leave left call called need needed help want high low near far early late young next important public
able bad different social possible better best later however often always sometimes together within
across around among behind beyond system program problem part hand group case week company point
government fact month lot study book eye job word business side kind room mother area money story night
water thing woman man child home history power country community idea body information parent face
others level office door health person art war party research morning moment air teacher force education
foot boy age process music market sense nation plan college interest death experience effect class
control field development role effort rate heart drug light voice wife police mind price decision son
view town road arm difference building action season society tax director position player record paper
space ground form event official matter center couple site project activity star table court produce eat
teach oil situation cost industry figure street phone network computer engine machine learning neural
deep gradient descent optimizer loss accuracy precision recall benchmark dataset pipeline deploy
deployment rollout rollback candidate stable production environment container cluster schedule worker
thread queue storage bucket archive compress checksum manifest index shard safetensors tokenizer
generate generation prompt completion user assistant conversation instruction knowledge expect expected
observe observed measure measured compare compared improve improved reduce reduced increase increased
require required provide provided include included follow followed allow allowed create created continue
continued consider considered appear appeared serve served built understand understood remember believe
happen happened explain describe suggest raise decide quarter second minute hour daily weekly monthly
yearly north south east west river mountain garden window kitchen letter picture animal summer winter
spring autumn yellow green orange purple
`
  .trim()
  .split(/\s+/);
