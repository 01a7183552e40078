"""DRAFT scorer"""
import json, sys, time
from collections import Counter, defaultdict
from slimreel.agent.context import read_context
from slimreel.agent.interpret import interpret
DEF={"volume":{"target":"all"},"mute":{"target":"all"},"fade":{"target":"both","duration_s":1},"transition":{"at":"all","duration_s":.5,"type":"dissolve"},"add_music":{"volume":.3,"loop":True},"add_image":{"scale":.15,"role":"overlay"},"gif":{"fps":12,"width_px":480,"loop":True},"undo":{"steps":1},"reframe":{"mode":"blur_pad","color":"#000000","focus":"center"},"extract_audio":{"format":"mp3"},"preview":{"resolution":"360p"},"trim":{"start_s":0,"end_s":"end"},"concat":{"clips":"all"},"zoom":{"factor":1.3,"focus":"center","animate":False},"flip":{"axis":"horizontal"},"thumbnail":{"auto":True,"format":"jpg"}}
def norm(ops):
    out=[]
    for o in ops:
        p={}
        d=DEF.get(o["op"],{})
        for k,v in o["params"].items():
            if k in d and same(d[k],v): continue
            p[k]=v
        out.append((o["op"],p))
    return out
def same(a,b):
    if isinstance(a,bool) or isinstance(b,bool): return a is b or a==b and type(a)==type(b)
    if isinstance(a,(int,float)) and isinstance(b,(int,float)): return abs(a-b)<1e-6*max(1,abs(a))
    if isinstance(a,str) and isinstance(b,str): return a.strip().strip("\"'")==b.strip().strip("\"'")
    if isinstance(a,(list,tuple)) and isinstance(b,(list,tuple)): return len(a)==len(b) and all(same(x,y) for x,y in zip(a,b))
    if isinstance(a,dict) and isinstance(b,dict): return a.keys()==b.keys() and all(same(a[k],b[k]) for k in a)
    return a==b
def frame_same(a,b):
    return len(a)==len(b) and all(x[0]==y[0] and same(x[1],y[1]) for x,y in zip(a,b))
if __name__=="__main__":
    which=sys.argv[1]; show="-v" in sys.argv; cat=next((a for a in sys.argv[2:] if not a.startswith("-")),None)
    ok=Counter();n=Counter();silent=0;total=0;lat=[];hints=Counter()
    for line in open(which if "/" in which else f"evals/requests/{which}.jsonl"):
        r=json.loads(line)
        key=(r["category"]); 
        if cat and cat not in (key,r["lang"]): continue
        ctx=read_context(r["context"])
        t=time.perf_counter()
        try: got=interpret(r["text"],ctx)
        except Exception as e:
            got=None; err=repr(e)
            if show:
                import traceback; traceback.print_exc()
        lat.append(time.perf_counter()-t)
        ops=norm(got.commands) if got else [("CRASH",{})]
        wants=[norm(w) for w in [r["ops"],*r.get("accept",[])]]
        good=any(frame_same(ops,w) for w in wants)
        for k in (key,"lang:"+r["lang"],"all"): n[k]+=1; ok[k]+=good
        applied=[o for o in ops if o[0] not in("clarify","out_of_scope","CRASH")]
        if not good and applied and not any(o[0] in("clarify","out_of_scope") for o in ops) : silent+=1
        if not good and show and which!="test" and "held" not in which: print(r["id"],"|",r["text"],"\n    want",wants[0],"\n    got ",ops,"unheard",got.unheard if got else err)
    lat.sort()
    print({k:f"{ok[k]}/{n[k]}={100*ok[k]/n[k]:.1f}" for k in sorted(n)}, "silent-wrong",silent, f"{100*silent/max(1,n['all']):.1f}%", f"p50 {lat[len(lat)//2]*1e3:.1f} p95 {lat[int(.95*len(lat))]*1e3:.1f} ms")
