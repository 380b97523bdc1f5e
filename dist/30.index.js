const r=30,a=[30],d={30:((n,s,_)=>{_.r(s);var e=_(9625),o=_(5919);o.parentPort?.on("message",t=>o.parentPort?.postMessage((0,e.J)(t)))})};export{r as id,a as ids,d as modules};
